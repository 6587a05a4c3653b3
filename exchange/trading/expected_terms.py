"""What an order's rarer terms leave of what it would fill at once. Pure."""

from core.errors import Code, Problem
from core.money import format_ticks
from exchange.trading.expected_fills import ExpectedFills, match_levels, unit_ticks
from exchange.trading.requests import OrderRequest


def expect_by_terms(order: OrderRequest, fills: ExpectedFills, *, reducible: int) -> ExpectedFills:
    """Return what would fill, given what would without the terms; `reducible` closes a position.

    A stop is taken to wait. Raises the Problems that the book would answer: REDUCE_ONLY,
    POST_ONLY, MAX_COST.
    """
    terms = order.terms
    if terms.waits:
        return _first(fills, 0)
    if terms.post_only and fills.quantity:
        raise Problem(Code.POST_ONLY, status=409)
    if terms.reduce_only and not reducible:
        raise Problem(Code.REDUCE_ONLY, status=409)
    if terms.max_cost_ticks is not None:
        fills = _within_cost(order, fills, terms.max_cost_ticks)
    if terms.reduce_only:
        fills = _first(fills, reducible)
    needed = order.quantity if terms.tif == "FOK" else terms.min_quantity or 0
    return fills if fills.quantity >= needed else _first(fills, 0)


def _within_cost(order: OrderRequest, fills: ExpectedFills, most_ticks: int) -> ExpectedFills:
    """Return as much as the cost pays for; what may rest must not cost more in the worst case."""
    if order.terms.may_rest:
        worst_ticks = order.quantity * unit_ticks(order.side, order.price_ticks)
        if worst_ticks > most_ticks:
            raise Problem(Code.MAX_COST, status=409, need=format_ticks(worst_ticks))
        return fills
    affordable, left_ticks = 0, most_ticks
    for price_ticks, quantity in fills.levels:
        unit = unit_ticks(order.side, price_ticks)
        count = min(quantity, left_ticks // unit)
        affordable += count
        left_ticks -= count * unit
        if count < quantity:
            break
    return _first(fills, affordable)


def _first(fills: ExpectedFills, quantity: int) -> ExpectedFills:
    return match_levels(side=fills.side, quantity=quantity, levels=fills.levels)
