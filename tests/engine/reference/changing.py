"""Cancelling, reducing and replacing orders."""

from exchange.engine import events
from exchange.engine.enums import CancelReason as Why
from exchange.engine.enums import MarketStatus
from exchange.engine.enums import RejectReason as R
from tests.engine.reference.matching import match, settle_down
from tests.engine.reference.money import money_faults
from tests.engine.reference.placing import (
    QUANTITY_MAX,
    costs_too_much,
    outside_collar,
    price_faults,
    would_match,
)
from tests.engine.reference.world import Market, Order, World, in_order_of_cancelling, unit


def refused(world: World, c, faults) -> bool:
    """Add the reject for the first fault of a command about an order, if there is one."""
    market, order = world.find(c.order)
    if order is None:
        world.events.append(
            events.CancelRejected(None, None, None, c.order, c.account, R.UNKNOWN_ORDER)
        )
        return True
    fault = next(first_faults(world, order, c), None) or next(faults, None)
    if fault:
        world.tell(events.CancelRejected, market, order.contract, c.order, c.account, *fault)
    return bool(fault)


def first_faults(world: World, order: Order, c):
    if order.account != c.account:
        yield (R.NOT_OWNER,)
    if world.is_late(c):
        yield (R.TOO_LATE,)


def cancel_order(world: World, c) -> None:
    if not refused(world, c, iter(())):
        world.cancel(*world.find(c.order), Why.MEMBER)


def reduce_order(world: World, c) -> None:
    if refused(world, c, reduce_faults(world, c)):
        return
    market, order = world.find(c.order)
    if c.by >= order.open:
        world.cancel(market, order, Why.MEMBER)
    else:
        order.open -= c.by
        world.tell_order(events.OrderReduced, market, order, c.by, order.open)


def reduce_faults(world: World, c):
    _, order = world.find(c.order)
    if c.by < 1:
        yield (R.INVALID_QUANTITY,)
    if c.if_open_quantity not in {None, order.open}:
        yield (R.ORDER_CHANGED,)


def replace_order(world: World, c) -> None:
    if refused(world, c, replace_faults(world, c)):
        return
    market, old = world.find(c.order)
    keeps_place = c.price_ticks == old.price and c.quantity <= old.open
    seq = world.tell_order(
        events.OrderReplaced, market, old, c.new_order, c.price_ticks, c.quantity, old.open,
        keeps_place,
    )  # fmt: skip
    new = Order(
        c.new_order, old.account, old.contract, old.side, c.price_ticks, c.quantity, c.quantity,
        old.seq if keeps_place else seq, old.terms, old.min_quantity, old.waits,
    )  # fmt: skip
    market.orders.remove(old)
    if keeps_place or old.waits or market.status != MarketStatus.OPEN:
        market.orders.append(new)
    else:
        match(world, market, new)
        settle_down(world, market, new.contract)


def replace_faults(world: World, c):
    market, old = world.find(c.order)
    if market.status == MarketStatus.HALTED:
        yield (R.MARKET_HALTED,)
    if world.find(c.new_order)[1]:
        yield (R.DUPLICATE_ORDER,)
    yield from price_faults(market, c.price_ticks)
    if not 1 <= c.quantity <= QUANTITY_MAX:
        yield (R.INVALID_QUANTITY,)
    if c.if_open_quantity not in {None, old.open}:
        yield (R.ORDER_CHANGED,)
    if world.limits_of(c.account).suspended:
        yield (R.ACCOUNT_SUSPENDED,)
    if not old.waits and outside_collar(market, old.contract, old.side, c.price_ticks):
        yield (R.PRICE_OUTSIDE_COLLAR,)
    if old.terms.post_only and matches_at_once(market, old, c.price_ticks):
        yield (R.POST_ONLY,)
    if costs_too_much(market, old.terms, old.side, c.price_ticks, c.quantity):
        yield (R.MAX_COST,)
    ticks = unit(market, old.side, c.price_ticks) * c.quantity
    yield from money_faults(world, market, c.account, (old.contract, old.side, ticks), old)


def matches_at_once(market: Market, old: Order, price: int) -> bool:
    """Whether the order would match at the new price; in an auction none does yet."""
    is_open = market.status == MarketStatus.OPEN
    return is_open and would_match(market, old.contract, old.side, price)


def cancel_all(world: World, c) -> None:
    if fault := next(cancel_all_faults(world, c), None):
        world.refuse(c, None, fault)
        return
    for number in sorted(world.markets):
        each = world.markets[number]
        fitting = [order for order in each.orders if fits(each, order, c)]
        for order in in_order_of_cancelling(each, fitting):
            world.cancel(each, order, Why.MEMBER)


def cancel_all_faults(world: World, c):
    if world.is_late(c):
        yield (R.TOO_LATE,)
    if c.market is not None and c.market not in world.markets:
        yield (R.UNKNOWN_MARKET,)
    if c.contract is not None:
        found = world.market_of.get(c.contract)
        if found is None or c.market not in {None, found.market}:
            yield (R.UNKNOWN_CONTRACT,)


def fits(market: Market, order: Order, c) -> bool:
    return (
        order.account == c.account
        and c.market in {None, market.market}
        and c.contract in {None, order.contract}
        and c.side in {None, order.side}
        and c.group in {None, order.terms.group}
    )
