"""manage.py consumers lists every checkpoint on the journals."""

import pytest
from django.core.management import call_command

from config.consumers import list_consumers
from exchange.trading.journals.shipping import Shipper
from exchange.trading.models import Shard
from exchange.trading.owning import registry
from exchange.trading.owning.membership import Membership
from exchange.trading.owning.registry import Following
from notifications.services import follow_journal
from tests.factories import make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture(autouse=True)
def journal_folder(settings, tmp_path):
    backend = "exchange.trading.journals.directory.SyncedDirectory"
    options = {"location": str(tmp_path / "journal")}
    settings.STORAGES = settings.STORAGES | {"journal": {"BACKEND": backend, "OPTIONS": options}}


@pytest.fixture(autouse=True)
def one_subscriber(settings):
    settings.JOURNAL_SUBSCRIBERS = {"mail": "notifications.tasks.follow_journal"}


def table():
    return [(one.kind, one.name, one.number, one.lag_batches) for one in list_consumers()]


def test_consumers_that_never_ran_are_behind_by_everything(books):
    books.open(make_market(status="draft"))
    assert table() == [
        ("subscriber", "mail", 0, 1),
        ("snapshots", "books", 0, 1),
        ("shipping", "journal", 0, 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_consumers_that_have_done_all_are_not_behind(books):
    from django.core.files.storage import storages

    books.open(make_market(status="draft"))
    follow_journal()
    Shipper(storages["journal"]).ship()
    worker = Membership([0], label="b")
    worker.beat([Following(0, 1, True, "")])
    assert table() == [
        ("subscriber", "mail", 1, 0),
        ("standby", "b", 1, 0),
        ("snapshots", "books", 0, 1),
        ("shipping", "journal", 1, 0),
    ]


def test_command_prints_a_line_for_each(books, capsys):
    books.open(make_market(status="draft"))
    Shard.objects.update(journal_number=12)
    Membership([0], label="b").beat([Following(0, 5, True, "")])
    registry.tell_following("gone:1", [Following(0, 4, True, "")])
    call_command("consumers")
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["kind", "name", "shard", "at", "batch", "behind", "by"],
        ["subscriber", "mail", "0", "0", "12"],
        ["standby", "b", "0", "5", "7"],
        ["snapshots", "books", "0", "0", "12"],
        ["shipping", "journal", "0", "0", "12"],
    ]
