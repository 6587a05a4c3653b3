"""Matching an incoming order, and what follows: groups that trip, stops that are triggered."""

from exchange.engine import events
from exchange.engine.enums import CancelReason as Why
from tests.engine.reference.money import holding
from tests.engine.reference.world import Market, Order, World, in_priority, may_rest, unit


def match(world: World, market: Market, taker: Order) -> None:
    """Match an order that is not in the list of orders; put it there if something rests."""
    steps, end = plan(market, taker)
    could_trade = sum(quantity for what, _, quantity in steps if what == "trade")
    if taker.terms.tif == "FOK" and could_trade < taker.open:
        world.cancel(market, taker, Why.FOK)
        return
    if taker.min_quantity is not None and could_trade < taker.min_quantity:
        world.cancel(market, taker, Why.MIN_QUANTITY)
        return
    for what, maker, quantity in steps:
        if what == "trade":
            trade(world, market, "book", maker, taker, maker.price, quantity)
        elif what == "cancel":
            world.cancel(market, maker, Why.SELF_TRADE)
        else:
            lose(world, market, maker, quantity)
            lose(world, market, taker, quantity)
    if not taker.open:
        return
    if end != Why.SELF_TRADE and may_rest(taker.terms):
        taker.min_quantity = None
        market.orders.append(taker)
    else:
        world.cancel(market, taker, end or Why.IOC_REMAINDER)


def plan(market: Market, taker: Order) -> tuple[list[tuple[str, Order, int]], Why | None]:
    """What an order would do to which makers, in order, and why it would end early.

    Steps are ("trade" | "cancel" | "decrement", maker, quantity). Nothing is changed.
    """
    steps: list[tuple[str, Order, int]] = []
    left, may_trade, budget = taker.open, allowance(market, taker), budget_of(taker)
    end = Why.REDUCE_ONLY if may_trade < taker.open else None
    open_of = {maker: maker.open for maker in makers_of(market, taker)}
    while open_of and left and may_trade:
        maker, maker_open = next(iter(open_of.items()))
        stp = taker.terms.stp
        if maker.account == taker.account and stp != "allow":
            if stp in {"cancel_oldest", "cancel_both"}:
                steps.append(("cancel", maker, maker_open))
            if stp in {"cancel_newest", "cancel_both"}:
                return steps, Why.SELF_TRADE
            if stp == "decrement":
                steps.append(("decrement", maker, min(left, maker_open)))
                left -= min(left, maker_open)
            del open_of[maker]
            continue
        price = unit(market, taker.side, maker.price)
        if budget is not None and budget < price:
            return steps, end or Why.MAX_COST
        quantity = min(left, may_trade, maker_open)
        if budget is not None:
            quantity = min(quantity, budget // price)
            budget -= quantity * price
        steps.append(("trade", maker, quantity))
        left -= quantity
        may_trade -= quantity
        open_of[maker] -= quantity
        if not open_of[maker]:
            del open_of[maker]
    return steps, end


def allowance(market: Market, taker: Order) -> int:
    """How much the order may trade, by `reduce_only`."""
    if not taker.terms.reduce_only:
        return taker.open
    held = holding(taker.account, market)[1][taker.contract]
    return min(taker.open, max(0, -held if taker.side == "buy" else held))


def budget_of(taker: Order) -> int | None:
    """What the trades may cost; one that may rest was refused if it could cost more."""
    return None if may_rest(taker.terms) else taker.terms.max_cost_ticks


def makers_of(market: Market, taker: Order) -> list[Order]:
    if taker.side == "buy":
        asks = in_priority(market, taker.contract, "sell")
        return [maker for maker in asks if maker.price <= taker.price]
    bids = in_priority(market, taker.contract, "buy")
    return [maker for maker in bids if maker.price >= taker.price]


def trade(
    world: World, market: Market, kind: str, maker: Order, taker: Order, price: int, quantity: int
) -> None:
    """Trade two orders; what has nothing open any more leaves the list."""
    maker.open -= quantity
    taker.open -= quantity
    market.orders = [order for order in market.orders if order.open]
    buyer, seller = (maker, taker) if maker.side == "buy" else (taker, maker)
    number = world.write_down(
        market,
        kind=kind,
        contract=maker.contract,
        price=price,
        quantity=quantity,
        buyer=buyer.account,
        seller=seller.account,
        maker_order=maker.order,
        taker_order=taker.order,
    )
    world.tell(
        events.TradeExecuted,
        market,
        number,
        kind,
        maker.contract,
        price,
        quantity,
        maker.order,
        taker.order,
        maker.account,
        taker.account,
        maker.side,
        maker.open,
        taker.open,
    )
    for order in (maker, taker):
        if group := world.group_of(order.account, order.terms):
            group.fills.append((world.now, quantity))


def lose(world: World, market: Market, order: Order, quantity: int) -> None:
    """Take open quantity from an order that met its own account."""
    if quantity == order.open:
        world.cancel(market, order, Why.SELF_TRADE)
        order.open = 0
    else:
        order.open -= quantity
        world.tell_order(events.OrderReduced, market, order, quantity, order.open)


def reached(market: Market, stop: Order) -> bool:
    """Whether the last price is at or beyond the stop."""
    last = market.last_price(stop.contract)
    if last is None:
        return False
    stop_ticks = stop.terms.stop_ticks
    return last >= stop_ticks if stop.side == "buy" else last <= stop_ticks


def settle_down(world: World, market: Market, contract: int) -> None:
    """Let groups trip and stops trigger after a matching, until nothing more follows."""
    line: list[Order] = []
    after_matching(world, market, contract, line)
    while line:
        stop = line.pop(0)
        if stop not in market.orders:
            continue
        market.orders.remove(stop)
        stop.waits = False
        stop.seq = world.tell_order(events.OrderTriggered, market, stop)
        match(world, market, stop)
        after_matching(world, market, contract, line)


def after_matching(world: World, market: Market, contract: int, line: list[Order]) -> None:
    """Trip groups, and let the stops that are reached join the end of the line."""
    trip_groups(world)
    waiting = [order for order in market.orders if order.contract == contract and order.waits]
    joining = [order for order in waiting if order not in line and reached(market, order)]
    line += sorted(joining, key=lambda order: order.seq)


def trip_groups(world: World) -> None:
    """Cancel all orders of each group that traded its limit within its window."""
    for (account, number), group in sorted(world.groups.items(), key=lambda item: item[0]):
        traded = sum(count for time, count in group.fills if time > world.now - group.window)
        if group.tripped or traded < group.limit:
            continue
        group.tripped = True
        members = [
            (order.order, market, order)
            for market, order in world.orders()
            if order.account == account and order.terms.group == number
        ]
        for _, market, order in sorted(members, key=lambda member: member[0]):
            world.cancel(market, order, Why.GROUP_TRIPPED)
