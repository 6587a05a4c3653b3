"""How accounts stand, as plain rows: what the book worker reads and locks with every batch."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from django.db import connection

from core.sql import as_list, is_one_of

_STANDINGS: Final = """
SELECT id, balance_ticks - exposure_ticks, is_suspended, account_seq
FROM ledger_account WHERE id {is_one_of} ORDER BY id
"""


class Standing(NamedTuple):
    """What an account may put at risk, whether it is suspended, and its last account_seq."""

    available_ticks: int
    is_suspended: bool
    account_seq: int

    def says_as(self, other: "Standing") -> bool:
        """Whether orders would be judged alike by both."""
        return self[:2] == other[:2]


def read_standings(account_ids: Iterable[int]) -> dict[int, Standing]:
    """Return standings by account, unlocked."""
    return _read(account_ids, "")


def lock_standings(account_ids: Iterable[int]) -> dict[int, Standing]:
    """Lock accounts in the order of their ids and return how they stand.

    Requires a transaction. On SQLite the transaction itself is the lock.
    """
    assert connection.in_atomic_block, "locks live as long as a transaction"
    has_locks = connection.features.has_select_for_update
    return _read(account_ids, "FOR NO KEY UPDATE" if has_locks else "")


def _read(account_ids: Iterable[int], lock: str) -> dict[int, Standing]:
    statement = _STANDINGS.format(is_one_of=is_one_of()) + lock
    with connection.cursor() as cursor:
        cursor.execute(statement, [as_list(sorted(set(account_ids)))])
        return {
            account: Standing(available_ticks, bool(is_suspended), account_seq)
            for account, available_ticks, is_suspended, account_seq in cursor.fetchall()
        }
