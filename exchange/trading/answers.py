"""What the book said to a command, and where it is written down."""

from collections.abc import Sequence
from typing import NamedTuple

from exchange.trading.models import Order, OrderStatus, Outcome


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
    """Look answers up, in two queries; none for what is not judged yet (or was never received).

    A placed order answers by its first judgement: rejected with a reason, or taken.
    """
    orders = Order.objects.filter(pk__in=command_ids)
    found = [
        Answer(
            command_id=command_id,
            reason=reason if status == OrderStatus.REJECTED else "",
            market_seq=market_seq,
            account_seq=account_seq,
        )
        for command_id, status, reason, market_seq, account_seq in orders.values_list(
            "pk", "status", "reason", "market_seq", "account_seq"
        )
    ]
    left = set(command_ids) - {answer.command_id for answer in found}
    outcomes = Outcome.objects.filter(pk__in=left) if left else Outcome.objects.none()
    found += [
        Answer(command_id=command_id, reason=reason, market_seq=market_seq, account_seq=account_seq)
        for command_id, reason, market_seq, account_seq in outcomes.values_list(
            "pk", "reason", "market_seq", "account_seq"
        )
    ]
    return found
