"""The life of a market, and what happens because it is time."""

from itertools import pairwise

from exchange.engine import events
from exchange.engine.enums import CancelReason as Why
from exchange.engine.enums import MarketStatus as Status
from exchange.engine.enums import RejectReason as R
from tests.engine.reference.auction import uncross
from tests.engine.reference.matching import settle_down, trip_groups
from tests.engine.reference.money import holding
from tests.engine.reference.world import (
    STATUS_REASON,
    Market,
    Order,
    World,
    in_order_of_cancelling,
)


def advance(world: World, time: int | None) -> None:
    """Move the time on, if it is later, and let everything happen that is due."""
    if time is None or time <= world.now:
        return
    world.now = time
    while due := everything_due(world):
        _, is_auction, _, market, order = min(due, key=lambda item: item[:3])
        if is_auction:
            end_auction(world, market)
        else:
            market.orders.remove(order)
            world.tell_order(events.OrderExpired, market, order, order.open)


def everything_due(world: World) -> list[tuple[int, bool, int, Market, Order | None]]:
    """Return (due time, whether it is an auction, id, market, order) of all that is due."""
    orders = [
        (order.terms.expires_at, False, order.order, market, order)
        for market, order in world.orders()
        if order.terms.expires_at is not None and order.terms.expires_at <= world.now
    ]
    auctions = [
        (market.ends_at, True, market.market, market, None)
        for market in world.live()
        if market.ends_at is not None and market.ends_at <= world.now
    ]
    return orders + auctions


def open_market(world: World, c) -> None:
    payout = world.payout if c.payout_ticks is None else c.payout_ticks
    if fault := next(opening_faults(world, c, payout), None):
        world.refuse(c, world.markets.get(c.market), fault, named=c.market)
        return
    steps = [(0, c.price_step_ticks), *c.price_bands]
    market = Market(c.market, c.contracts, c.other, payout, steps, c.collar_ticks)
    world.markets[c.market] = market
    world.market_of |= dict.fromkeys(c.contracts, market)
    world.tell(events.MarketOpened, market)


def opening_faults(world: World, c, payout: int):
    if world.is_late(c):
        yield (R.TOO_LATE,)
    if c.market in world.markets:
        yield (R.MARKET_EXISTS,)
    if not c.contracts or len(set(c.contracts)) < len(c.contracts):
        yield (R.INVALID_CONTRACTS,)
    if any(contract in world.market_of for contract in c.contracts):
        yield (R.CONTRACT_EXISTS,)
    if payout < 2:
        yield (R.INVALID_PAYOUT,)
    if not is_grid([(0, c.price_step_ticks), *c.price_bands], payout):
        yield (R.INVALID_PRICE_STEP,)
    if c.collar_ticks is not None and c.collar_ticks < 1:
        yield (R.INVALID_COLLAR,)


def is_grid(steps: list[tuple[int, int]], payout: int) -> bool:
    """Whether bands ascend within the prices, with steps that meet where they begin."""
    if not all(1 <= step <= payout - 1 for _, step in steps):
        return False
    return all(
        before < start <= payout - 1 and start % below == 0 and start % above == 0
        for (before, below), (start, above) in pairwise(steps)
    )


def told_by(world: World, c, *may: Status) -> Market | None:
    """Return the market that a command changes, or refuse the command."""
    market = world.markets.get(c.market)
    if market is None:
        world.refuse(c, None, (R.UNKNOWN_MARKET,), named=c.market)
    elif world.is_late(c):
        world.refuse(c, market, (R.TOO_LATE,))
    elif market.status not in may:
        world.refuse(c, market, (STATUS_REASON[market.status],))
    else:
        return market
    return None


def cancel_orders(world: World, market: Market, orders: list[Order], reason: Why) -> None:
    for order in in_order_of_cancelling(market, orders):
        world.cancel(market, order, reason)


def turn(world: World, market: Market, status: Status, made, *fields) -> None:
    """Give the market its new status; only an auction that begins has an end."""
    market.status = status
    market.ends_at = None
    world.tell(made, market, *fields)


def halt_market(world: World, c) -> None:
    if market := told_by(world, c, Status.OPEN, Status.AUCTION):
        leaving = [order for order in market.orders if order.terms.on_halt == "cancel"]
        cancel_orders(world, market, leaving, Why.MARKET_HALTED)
        turn(world, market, Status.HALTED, events.MarketHalted)


def resume_market(world: World, c) -> None:
    if c.auction_ends_at is None:
        if market := told_by(world, c, Status.HALTED, Status.AUCTION):
            end_auction(world, market)
    elif market := told_by(world, c, Status.HALTED):
        if not c.auction or c.auction_ends_at <= world.now:
            world.refuse(c, market, (R.INVALID_AUCTION,))
        else:
            turn(world, market, Status.AUCTION, events.AuctionStarted, c.auction_ends_at)
            market.ends_at = c.auction_ends_at


def end_auction(world: World, market: Market) -> None:
    """Uncross every book, open the market, and let follow what follows for each contract.

    The auction of one contract is one matching: groups trip after it, before the next.
    """
    for contract in market.contracts:
        uncross(world, market, contract)
        trip_groups(world)
    turn(world, market, Status.OPEN, events.MarketResumed)
    for contract in market.contracts:
        settle_down(world, market, contract)


def close_market(world: World, c) -> None:
    if market := told_by(world, c, Status.OPEN, Status.HALTED, Status.AUCTION):
        cancel_orders(world, market, market.orders, Why.MARKET_CLOSED)
        turn(world, market, Status.CLOSED, events.MarketClosed)


def settle_market(world: World, c) -> None:
    market = told_by(world, c, Status.OPEN, Status.HALTED, Status.AUCTION, Status.CLOSED)
    if market is None:
        return
    has_other = market.other or len(market.contracts) == 1
    if not (has_other if c.winner is None else c.winner in market.contracts):
        world.refuse(c, market, (R.INVALID_WINNER,))
        return
    cancel_orders(world, market, market.orders, Why.MARKET_SETTLED)
    accounts = {who for trade in market.trades for who in (trade.buyer, trade.seller)}
    for account in sorted(accounts):
        cash, quantities = holding(account, market)
        amount = cash + quantities.get(c.winner, 0) * market.payout
        if amount:
            world.balance[account] = world.balance.get(account, 0) + amount
            world.results.setdefault(account, []).append(amount)
            seq = market.next_seq()
            world.events.append(events.AccountSettled(seq, account, market.market, amount))
    market.trades = []
    turn(world, market, Status.SETTLED, events.MarketSettled, c.winner)


def void_market(world: World, c) -> None:
    market = told_by(world, c, Status.OPEN, Status.HALTED, Status.AUCTION, Status.CLOSED)
    if market:
        cancel_orders(world, market, market.orders, Why.MARKET_VOIDED)
        market.trades = []
        turn(world, market, Status.VOIDED, events.MarketVoided)
