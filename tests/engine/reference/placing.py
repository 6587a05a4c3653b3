"""PlaceOrder: why it is refused, and what happens when it is not."""

from exchange.engine import events
from exchange.engine.enums import MarketStatus
from exchange.engine.enums import RejectReason as R
from exchange.engine.terms import Terms
from tests.engine.reference.matching import match, reached, settle_down
from tests.engine.reference.money import holding, money_faults
from tests.engine.reference.world import (
    STATUS_REASON,
    Market,
    Order,
    World,
    in_priority,
    is_stop,
    may_rest,
    unit,
)

QUANTITY_MAX = 1_000_000_000


def place_order(world: World, c) -> None:
    market = world.market_of.get(c.contract)
    who = (c.contract, c.order, c.account)
    if market is None:
        world.events.append(events.OrderRejected(None, None, *who, R.UNKNOWN_CONTRACT))
        return
    if fault := next(faults(world, market, c), None):
        world.tell(events.OrderRejected, market, *who, *fault)
        return
    seq = world.tell(events.OrderAccepted, market, *who)
    price = protection(market, c) if c.price_ticks is None else c.price_ticks
    order = Order(
        c.order, c.account, c.contract, c.side, price, c.quantity, c.quantity, seq, c.terms,
        c.terms.min_quantity,
    )  # fmt: skip
    if market.status == MarketStatus.AUCTION:
        market.orders.append(order)
    elif is_stop(c.terms) and not reached(market, order):
        order.waits = True
        market.orders.append(order)
    else:
        if is_stop(c.terms):
            order.seq = world.tell_order(events.OrderTriggered, market, order)
        match(world, market, order)
        settle_down(world, market, c.contract)


def protection(market: Market, c) -> int:
    """The worst price that a market order takes which names none."""
    last, collar = market.last_price(c.contract), market.collar
    prices = market.grid()
    if last is not None and collar is not None:
        prices = [price for price in prices if abs(price - last) <= collar]
    return max(prices) if c.side == "buy" else min(prices)


def faults(world: World, market: Market, c):
    """Yield every reason to refuse the order, as (reason,) or (reason, have, need), in order."""
    terms = c.terms
    if world.find(c.order)[1]:
        yield (R.DUPLICATE_ORDER,)
    if world.is_late(c):
        yield (R.TOO_LATE,)
    if not takes(market, terms):
        yield (STATUS_REASON[market.status],)
    if contradicts(terms):
        yield (R.INVALID_TERMS,)
    if not (c.price_ticks is None and terms.kind == "market"):
        yield from price_faults(market, c.price_ticks)
    yield from number_faults(world, market, c)
    yield from account_faults(world, c)
    if not is_stop(terms) and outside_collar(market, c.contract, c.side, c.price_ticks):
        yield (R.PRICE_OUTSIDE_COLLAR,)
    if terms.reduce_only and not is_stop(terms) and not reducible(market, c):
        yield (R.REDUCE_ONLY,)
    if terms.post_only and would_match(market, c.contract, c.side, c.price_ticks):
        yield (R.POST_ONLY,)
    if may_rest(terms) and costs_too_much(market, terms, c.side, c.price_ticks, c.quantity):
        yield (R.MAX_COST,)
    yield from money_faults(world, market, c.account, (c.contract, c.side, hold(market, c)))


def takes(market: Market, terms: Terms) -> bool:
    """Whether the market takes the order; an auction only what can wait for its end."""
    if market.status == MarketStatus.AUCTION:
        plain = not terms.post_only and terms.min_quantity is None
        return terms.kind == "limit" and may_rest(terms) and plain
    return market.status == MarketStatus.OPEN


def contradicts(terms: Terms) -> bool:
    """Whether a term stands where it may not, or is missing."""
    return any(
        (
            terms.post_only
            and not (terms.kind == "limit" and may_rest(terms) and terms.min_quantity is None),
            terms.reduce_only and may_rest(terms),
            terms.tif == "GTD" and terms.expires_at is None,
            terms.tif == "GTD" and terms.kind == "market",
            terms.tif != "GTD" and terms.expires_at is not None,
            is_stop(terms) and terms.stop_ticks is None,
            not is_stop(terms) and terms.stop_ticks is not None,
            is_stop(terms) and terms.max_cost_ticks is not None,
        )
    )


def price_faults(market: Market, price: int | None):
    if price is None or not 1 <= price <= market.payout - 1:
        yield (R.INVALID_PRICE,)
    elif not market.on_grid(price):
        yield (R.PRICE_OFF_TICK,)


def number_faults(world: World, market: Market, c):
    terms = c.terms
    stop, least, cost = terms.stop_ticks, terms.min_quantity, terms.max_cost_ticks
    if stop is not None and not (1 <= stop <= market.payout - 1 and market.on_grid(stop)):
        yield (R.INVALID_STOP_PRICE,)
    if not 1 <= c.quantity <= QUANTITY_MAX:
        yield (R.INVALID_QUANTITY,)
    if least is not None and not 1 <= least <= c.quantity:
        yield (R.INVALID_MIN_QUANTITY,)
    if cost is not None and cost < 1:
        yield (R.INVALID_MAX_COST,)
    if terms.expires_at is not None and terms.expires_at <= world.now:
        yield (R.INVALID_EXPIRY,)


def account_faults(world: World, c):
    limits, group = world.limits_of(c.account), world.group_of(c.account, c.terms)
    if limits.suspended:
        yield (R.ACCOUNT_SUSPENDED,)
    if group and group.tripped:
        yield (R.GROUP_TRIPPED,)
    if (may_rest(c.terms) or is_stop(c.terms)) and limits.max_open_orders is not None:
        alive = [order for _, order in world.orders() if order.account == c.account]
        if len(alive) >= limits.max_open_orders:
            yield (R.TOO_MANY_ORDERS,)


def outside_collar(market: Market, contract: int, side: str, price: int | None) -> bool:
    """Whether a price is too far above, for a buy, or below, for a sell, the last one."""
    last = market.last_price(contract)
    if market.status == MarketStatus.AUCTION or None in {price, last, market.collar}:
        return False
    beyond = price - last if side == "buy" else last - price
    return beyond > market.collar


def reducible(market: Market, c) -> int:
    """How much an order may trade before the account's position is 0."""
    held = holding(c.account, market)[1][c.contract]
    return max(0, -held if c.side == "buy" else held)


def would_match(market: Market, contract: int, side: str, price: int) -> bool:
    """Whether the best price of the other side would match."""
    others = in_priority(market, contract, "sell" if side == "buy" else "buy")
    if not others:
        return False
    return others[0].price <= price if side == "buy" else others[0].price >= price


def costs_too_much(market: Market, terms: Terms, side: str, price: int, quantity: int) -> bool:
    limit = terms.max_cost_ticks
    return limit is not None and unit(market, side, price) * quantity > limit


def hold(market: Market, c) -> int:
    """What the order counts for in its account's exposure when it is accepted."""
    terms, quantity = c.terms, c.quantity
    price = protection(market, c) if c.price_ticks is None else c.price_ticks
    if terms.reduce_only and not is_stop(terms):
        quantity = min(quantity, reducible(market, c))
    ticks = unit(market, c.side, price) * quantity
    if terms.max_cost_ticks is not None and not may_rest(terms):
        ticks = min(ticks, terms.max_cost_ticks)
    return ticks
