"""Mails from before there were notifications keep what they told, there and back."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.factories import make_user

BEFORE = [("notifications", "0002_journal_cursor_moves_to_trading")]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DATA = {"market_id": 12, "slug": "雨", "market": "Rain?"}


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def leaves(transactional_db):
    executor = MigrationExecutor(connection)
    after = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "notifications"]
    yield after
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_mail_becomes_one_that_tells_a_notification_and_back(leaves):
    user = make_user("alice")
    old = migrate(BEFORE)
    mails = old.get_model("notifications", "Mail").objects
    for number, status in ((1, "sent"), (2, "waiting")):
        mails.create(
            user_id=user.pk, key=f"order:1:{number}", kind="filled", recipient="a@example.com",
            subject="Filled", data=DATA, status=status, due_at=NOW, created_at=NOW,
        )  # fmt: skip

    new = migrate(leaves)
    mails = new.get_model("notifications", "Mail").objects.order_by("pk")
    assert list(mails.values_list("thread", "is_open", "status", "planned_at")) == [
        ("market:12", False, "sent", NOW),
        ("market:12", False, "waiting", NOW),
    ]
    rows = new.get_model("notifications", "Notification").objects.order_by("pk")
    assert [(row.key, row.kind, row.url, row.in_bell, row.mail_id) for row in rows] == [
        (f"order:1:{number}", "filled", "/markets/%E9%9B%A8/", False, mail.pk)
        for number, mail in enumerate(mails, start=1)
    ]

    old = migrate(BEFORE)
    mails = old.get_model("notifications", "Mail").objects.order_by("pk")
    assert list(mails.values_list("key", "kind", "data")) == [
        ("order:1:1", "filled", DATA),
        ("order:1:2", "filled", DATA),
    ]
    mails.all().delete()
