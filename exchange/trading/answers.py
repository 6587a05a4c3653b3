"""What the book said to a command, and where it is written down."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.db import connection

from core.sql import as_list, is_one_of

_ANSWERS: Final = """
SELECT id, CASE WHEN status = 'rejected' THEN reason ELSE '' END, market_seq, account_seq
FROM trading_order WHERE id {is_one_of}
UNION ALL
SELECT command_id, reason, market_seq, account_seq
FROM trading_outcome WHERE command_id {is_one_of}
"""


class Figures(NamedTuple):
    """How a placed order stood after the batch that judged it first."""

    status: str
    filled_quantity: int
    open_quantity: int
    cancelled_quantity: int
    notional_ticks: int
    reason: str
    market_seq: int
    received_at_ms: int
    journaled_at_ms: int
    is_waiting: bool = False


class Answer(NamedTuple):
    """What the book said to a command; `pending` when it has not said anything in time.

    `reason` is "" when done, else a reject reason of the engine (the order, if the command
    placed one, exists with status rejected). `figures` come with the book's message about an
    order it took; an answer that was looked up has none.
    """

    command_id: int
    pending: bool = False
    reason: str = ""
    market_seq: int | None = None
    account_seq: int | None = None
    figures: Figures | None = None


def find_answers(command_ids: Sequence[int]) -> list[Answer]:
    """Look answers up, in one query; none for what is not judged yet (or was never received).

    A placed order answers by its first judgement: rejected with a reason, or taken. Any other
    command has an outcome, and so has an order for a contract that is not there: never both.
    """
    ids = as_list(command_ids)
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS.format(is_one_of=is_one_of()), [ids, ids])
        return [
            Answer(command_id, False, reason, market_seq, account_seq)  # noqa: FBT003 -- not pending
            for command_id, reason, market_seq, account_seq in cursor.fetchall()
        ]
