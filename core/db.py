"""Database helpers every app shares."""

from collections.abc import Callable
from functools import partial

from django.db import connection, transaction


def run_after_commit(effect: Callable[..., object], *args: object, **kwargs: object) -> None:
    """Run an effect once the current transaction has committed; at once outside of one."""
    transaction.on_commit(partial(effect, *args, **kwargs))


def lend_connection() -> None:
    """Give this thread's database connection back before a long wait.

    The next query takes one again. Inside a transaction the connection is kept.
    """
    if not connection.in_atomic_block:
        connection.close()


def database_time_ms() -> int:
    """Return the database server's clock, in milliseconds since 1970."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        else:
            cursor.execute("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")
        return int(cursor.fetchone()[0])
