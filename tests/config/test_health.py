"""/healthz tells operators whether orders are judged."""

import pytest

from exchange.trading import inbox
from exchange.trading.gateway import lifecycle_command
from exchange.trading.models import Shard
from tests.factories import make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


def test_site_whose_books_are_owned_is_well(client, books):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "database": True,
        "shards": 1,
        "shards_owned": 1,
        "commands_waiting": 0,
        "commands_waiting_by_shard": {},
        "oldest_command_ms": 0,
        "journal_lag_batches": {"mail": 0},
        "mails_waiting": 0,
    }


def test_shard_without_an_owner_is_told(client, books):
    Shard.objects.update(expires_at_ms=1)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["shards_owned"]) == (503, 0)


def test_subscriber_that_never_ran_is_behind(client, books):
    books.open(make_market(status="draft"))
    assert client.get("/healthz").json()["journal_lag_batches"] == {"mail": 1}


def test_command_nobody_judges_is_told(client, books):
    row = inbox.new_row(
        command_id=1, shard=0, command=lifecycle_command(make_market(status="draft"), "open")
    )
    row.received_at_ms -= 60_000
    inbox.put([row])
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["commands_waiting"] == 1
    assert answer.json()["oldest_command_ms"] >= 60_000
