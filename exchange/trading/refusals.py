"""What the book refused, as a problem that says what would help."""

from typing import Any

from core.errors import MEANINGS, Code, Problem
from core.formatting import format_credits
from core.money import format_ticks
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading.answers import Answer
from exchange.trading.models import Order
from exchange.trading.preview import preview_order
from exchange.trading.reasons import code_of
from exchange.trading.requests import OrderRequest
from exchange.trading.selectors import PendingOrder

_CONFLICT = 409
_NOT_ENOUGH = "There was not enough available."


def order_rejected(account_id: int, order: OrderRequest, answer: Answer) -> Problem:
    """Return the problem of an order that the book rejected; the order exists."""
    code = code_of(answer.reason)
    if code != Code.INSUFFICIENT_FUNDS:
        return _problem(code, MEANINGS[code].title + ".", answer, answer.command_id)
    return _insufficient_funds(account_id, order, answer)


def order_rejected_briefly(account_id: int, order: OrderRequest, answer: Answer) -> Problem:
    """Return the same without the sums that it lacked; asks the database nothing."""
    code = code_of(answer.reason)
    if code != Code.INSUFFICIENT_FUNDS:
        return order_rejected(account_id, order, answer)
    return _problem(code, _NOT_ENOUGH, answer, answer.command_id)


def command_refused(order: Order | PendingOrder, answer: Answer) -> Problem:
    """Return the problem of a cancel or a change that the book refused.

    What the order is says why only where it is not open.
    """
    code = code_of(answer.reason)
    state = ""
    if code == Code.UNKNOWN_ORDER and isinstance(order, Order):
        state = f" It is {order.status.replace('_', ' ')}."
    market = order.market if isinstance(order, Order) else order.request.contract.market
    answer = _with_seq(answer, market.pk)
    return _problem(code, f"{MEANINGS[code].title}.{state}", answer, order.id)


def cancel_refused(order_id: int, answer: Answer, market_id: int | None) -> Problem:
    """Return the same for a cancel of an order that is not looked at; None: nobody's."""
    code = code_of(answer.reason)
    answer = answer if market_id is None else _with_seq(answer, market_id)
    return _problem(code, f"{MEANINGS[code].title}.", answer, order_id)


def _with_seq(answer: Answer, market_id: int) -> Answer:
    """Return an answer with its market's seq: of an order that has ended, the book has none."""
    if answer.market_seq is not None:
        return answer
    seq = Market.objects.values_list("seq", flat=True).get(pk=market_id)
    return answer._replace(market_seq=seq)


def _insufficient_funds(account_id: int, order: OrderRequest, answer: Answer) -> Problem:
    # By the figures as they are now: the book keeps its answer, not the sums behind it.
    fresh = Account.objects.get(pk=account_id)
    try:
        need_ticks = preview_order(account=fresh, order=order).cost_ticks
    except Problem:  # the market has closed in between
        need_ticks = 0
    code = Code.INSUFFICIENT_FUNDS
    if need_ticks <= fresh.available_ticks:
        return _problem(code, _NOT_ENOUGH, answer, answer.command_id)
    return _problem(
        code,
        f"This order needs {format_credits(need_ticks)} and"
        f" {format_credits(fresh.available_ticks)} is available.",
        answer,
        answer.command_id,
        have=format_ticks(fresh.available_ticks),
        need=format_ticks(need_ticks),
    )


def _problem(code: Code, detail: str, answer: Answer, order_id: int, **data: Any) -> Problem:
    return Problem(
        code,
        detail,
        status=_CONFLICT,
        order=str(order_id),
        market_seq=answer.market_seq,
        account_seq=answer.account_seq,
        **data,
    )
