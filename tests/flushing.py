"""Emptying the database after a test that commits, in spite of what protects its tables.

SQLite empties tables by DELETE, which the append-only triggers refuse (PostgreSQL truncates);
and the house's own accounts, which a migration made, must be there for the next test.
"""

from collections.abc import Iterator

import pytest
from django.db.backends.sqlite3.base import DatabaseOperations
from django.db.models.signals import post_migrate

from exchange.ledger.models import Account


@pytest.fixture(scope="session", autouse=True)
def emptyable_database() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DatabaseOperations, "sql_flush", _flush_under_lifted_triggers)
        post_migrate.connect(_reopen_house_accounts)
        yield
        post_migrate.disconnect(_reopen_house_accounts)


_flush = DatabaseOperations.sql_flush


def _flush_under_lifted_triggers(operations, style, tables, **options):
    with operations.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    lifted = [f"DROP TRIGGER {name}" for name, _ in triggers]
    return [*lifted, *_flush(operations, style, tables, **options), *(sql for _, sql in triggers)]


def _reopen_house_accounts(sender, **_):
    if sender.name == "exchange.ledger":
        for kind in ("issuance", "commission", "shortfall"):
            Account.objects.get_or_create(code=kind, defaults={"kind": kind})
