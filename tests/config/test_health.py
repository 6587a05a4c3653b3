"""/healthz tells operators whether orders are judged."""

import pytest

from core.clock import now_ms
from exchange.trading import inbox, lease
from exchange.trading.gateway import lifecycle_command
from exchange.trading.models import Shard, Worker
from exchange.trading.owning.membership import Membership
from exchange.trading.owning.registry import Following
from social.leaderboards.services import build_leaderboards
from tests.factories import make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture(autouse=True)
def one_subscriber(settings):
    settings.JOURNAL_SUBSCRIBERS = {"mail": "notifications.tasks.follow_journal"}


def test_site_whose_books_are_owned_is_well(client, books):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "database": True,
        "shards": 1,
        "shards_owned": 1,
        "shards_stopped": [],
        "workers": 0,
        "standbys_that_differ": [],
        "commands_waiting": 0,
        "commands_waiting_by_shard": {},
        "oldest_command_ms": 0,
        "journal_lag_batches": {"mail": 0},
        "mails_waiting": 0,
        "leaderboards_age_s": None,
    }


def test_age_of_the_leaderboards_is_told(client, books):
    build_leaderboards(as_of_ms=now_ms() - 90_000)
    assert client.get("/healthz").json()["leaderboards_age_s"] in range(90, 110)


def test_shard_without_an_owner_is_told(client, books):
    Shard.objects.update(expires_at_ms=1)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["shards_owned"]) == (503, 0)


def test_stopped_shard_is_told(client, books):
    lease.stop_shard(0, owner=books.owner.name, reason="books differ")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["shards_stopped"]) == (503, [0])


def test_standby_that_differs_is_told_though_orders_are_judged(client, books):
    worker = Membership([0], label="b")
    worker.beat([Following(0, 3, True, "gave something else")])
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["standbys_that_differ"]) == (503, [0])
    assert answer.json()["shards_owned"] == 1
    Worker.objects.update(expires_at_ms=1)
    assert client.get("/healthz").json()["standbys_that_differ"] == []


def test_live_workers_are_counted(client, books):
    Membership([0], label="a").beat()
    assert client.get("/healthz").json()["workers"] == 1


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
