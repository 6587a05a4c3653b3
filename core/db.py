"""Database helpers every app shares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

# The database is away, busy, in a deadlock, has ended the session for idling in a transaction
# (PostgreSQL calls that internal) or is damaged: no request's fault, so wait and try again.
DATABASE_AWAY: Final = (OperationalError, InterfaceError, InternalError)


def run_after_commit(effect: Callable[..., object], *args: object, **kwargs: object) -> None:
    """Run an effect once the current transaction has committed; at once outside of one."""
    transaction.on_commit(partial(effect, *args, **kwargs))


def lend_connection() -> None:
    """Give this thread's database connection back before a long wait.

    The next query takes one again. Inside a transaction the connection is kept.
    """
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Have every read inside see the database as it was at the first, and hold up no writer.

    Inside a transaction of the caller's it changes nothing.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
    else:
        yield from _deferred_transaction()


def _deferred_transaction() -> Iterator[None]:
    """SQLite: a transaction that only reads keeps its snapshot and takes no writer's lock."""
    connection.ensure_connection()  # which reads the mode from the settings
    wrapper: Any = connection  # only SQLite's has one
    mode, wrapper.transaction_mode = wrapper.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic():
            yield
    finally:
        wrapper.transaction_mode = mode
