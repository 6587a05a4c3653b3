"""What the book said to a command, and where it is written down."""

from dataclasses import dataclass

from exchange.trading.models import Order, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the book said to a command; `pending` when it has not said anything in time.

    `reason` is "" when done, else a reject reason of the engine (the order, if the command
    placed one, exists with status rejected).
    """

    command_id: int
    pending: bool = False
    reason: str = ""
    market_seq: int | None = None
    account_seq: int | None = None


def find_answer(command_id: int) -> Answer | None:
    """Look a command's answer up; None when it is not judged yet (or was never received).

    A placed order answers by its first judgement: rejected with a reason, or taken.
    """
    order = Order.objects.filter(pk=command_id).first()
    if order is not None:
        return Answer(
            command_id=command_id,
            reason=order.reason if order.status == "rejected" else "",
            market_seq=order.market_seq,
            account_seq=order.account_seq,
        )
    outcome = Outcome.objects.filter(pk=command_id).first()
    if outcome is None:
        return None
    return Answer(
        command_id=command_id,
        reason=outcome.reason,
        market_seq=outcome.market_seq,
        account_seq=outcome.account_seq,
    )
