"""Where a resting order stands: what would be matched before it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from core.errors import Code, Problem
from exchange.markets.models import Market
from exchange.trading.models import IN_BOOK, Order, Side
from exchange.trading.selectors import PendingOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePosition:
    """What stands before an order in its book; `ahead_*` counts better prices too."""

    id: int
    open_quantity: int
    ahead_quantity: int
    ahead_orders: int
    ahead_at_price_quantity: int
    market_seq: int


def get_queue_position(order: Order | PendingOrder) -> QueuePosition:
    """Return where an order stands. Two queries: what is ahead is never less than it says.

    Raises Problem UNKNOWN_ORDER for one that rests in no book: finished, not judged, or waiting.
    """
    if isinstance(order, PendingOrder) or not order.open_quantity or order.is_waiting:
        raise Problem(Code.UNKNOWN_ORDER, "It rests in no book.", order=str(order.id))
    # The seq first: what leaves the queue meanwhile makes the answer newer than it claims.
    seq = Market.objects.values_list("seq", flat=True).get(pk=order.market_id)
    better = "gt" if order.side == Side.BUY else "lt"
    at_price = Q(price_ticks=order.price_ticks, accepted_seq__lt=order.accepted_seq)
    ahead = Order.objects.filter(
        at_price | Q(**{f"price_ticks__{better}": order.price_ticks}),
        contract=order.contract_id,
        side=order.side,
        **IN_BOOK,
    )
    sums = ahead.aggregate(
        quantity=Sum("open_quantity"),
        orders=Count("pk"),
        at_price=Sum("open_quantity", filter=at_price),
    )
    return QueuePosition(
        id=order.id,
        open_quantity=order.open_quantity,
        ahead_quantity=sums["quantity"] or 0,
        ahead_orders=sums["orders"],
        ahead_at_price_quantity=sums["at_price"] or 0,
        market_seq=seq,
    )


@dataclass(frozen=True, slots=True)
class QueueAhead:
    """What would be matched before an order: better prices, and earlier orders at its own."""

    quantity: int
    orders: int


class _Level(NamedTuple):
    price_ticks: int
    quantity: int
    orders: int


_NOTHING: Final = QueueAhead(0, 0)


def list_queues(orders: Iterable[Order]) -> dict[int, QueueAhead]:
    """Return what stands before each order that rests, by id. Two queries, however many."""
    resting = [order for order in orders if order.open_quantity and not order.is_waiting]
    if not resting:
        return {}
    at_price = _ahead_at_price(resting)
    levels = _levels_of_sides(resting)
    return {
        order.pk: _ahead(
            order,
            levels[order.contract_id, order.side],
            at_price.get(order.pk, _NOTHING),
        )
        for order in resting
    }


def _ahead(order: Order, levels: Sequence[_Level], here: QueueAhead) -> QueueAhead:
    """Return what stands before an order: `here`, and the levels of its side that are better."""
    sign = 1 if order.side == Side.BUY else -1
    better = [level for level in levels if sign * level.price_ticks > sign * order.price_ticks]
    return QueueAhead(
        here.quantity + sum(level.quantity for level in better),
        here.orders + sum(level.orders for level in better),
    )


def _levels_of_sides(orders: Sequence[Order]) -> dict[tuple[int, str], list[_Level]]:
    """Return the levels of the sides on which orders rest."""
    sides = {(order.contract_id, order.side) for order in orders}
    wanted = reduce(or_, (Q(contract=contract, side=side) for contract, side in sides))
    rows = (
        Order.objects.filter(wanted, **IN_BOOK)
        .values_list("contract_id", "side", "price_ticks")
        .annotate(quantity=Sum("open_quantity"), orders=Count("pk"))
        .order_by()
    )
    levels: dict[tuple[int, str], list[_Level]] = {one: [] for one in sides}
    for contract, side, *level in rows:
        levels[contract, side].append(_Level(*level))
    return levels


def _ahead_at_price(orders: Sequence[Order]) -> dict[int, QueueAhead]:
    """Return what came earlier at the price of each order, of those that have anything there."""
    earlier = (
        Order.objects.filter(
            contract=OuterRef("contract"),
            side=OuterRef("side"),
            price_ticks=OuterRef("price_ticks"),
            accepted_seq__lt=OuterRef("accepted_seq"),
            **IN_BOOK,
        )
        .order_by()
        .values("price_ticks")
    )
    rows = (
        Order.objects.filter(pk__in=[order.pk for order in orders])
        .order_by()
        .annotate(
            ahead=Subquery(earlier.annotate(found=Sum("open_quantity")).values("found")),
            before=Subquery(earlier.annotate(found=Count("pk")).values("found")),
        )
        .filter(ahead__isnull=False)
        .values_list("pk", "ahead", "before")
    )
    return {pk: QueueAhead(quantity, count) for pk, quantity, count in rows}
