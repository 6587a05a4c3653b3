"""Exposure and what is available, from the list of trades and the list of orders."""

from exchange.engine.enums import RejectReason as R
from tests.engine.reference.world import Market, Order, Trade, World, unit

# What an order would hold if it were accepted: contract, side, ticks.
Hold = tuple[int, str, int]


def holding(account: int, market: Market, trades=None) -> tuple[int, dict[int, int]]:
    """Net cash and net quantities by contract."""
    cash, quantities = 0, dict.fromkeys(market.contracts, 0)
    for trade in market.trades if trades is None else trades:
        if account in (trade.buyer, trade.seller) and not trade.voided:
            times = (trade.buyer == account) - (trade.seller == account)
            cash -= times * trade.price * trade.quantity
            quantities[trade.contract] += times * trade.quantity
    return cash, quantities


def holds(account: int, market: Market, without: Order | None = None) -> list[Hold]:
    """What the account's open orders hold."""
    return [
        (order.contract, order.side, unit(market, order.side, order.price) * order.open)
        for order in market.orders
        if order.account == account and order is not without
    ]


def exposure(
    account: int,
    market: Market,
    *,
    trades: list[Trade] | None = None,
    without: Order | None = None,
    hold: Hold | None = None,
) -> int:
    """What the worst outcome costs; with other trades, without an order, with one more hold."""
    cash, quantities = holding(account, market, trades)
    buys = dict.fromkeys(market.contracts, 0)
    sells = dict.fromkeys(market.contracts, 0)
    for contract, side, ticks in holds(account, market, without) + ([hold] if hold else []):
        (buys if side == "buy" else sells)[contract] += ticks
    if_it_wins = [
        cash
        + quantities[winner] * market.payout
        - sum(ticks for contract, ticks in buys.items() if contract != winner)
        - sells[winner]
        for winner in market.contracts
    ]
    if market.other or len(market.contracts) == 1:
        if_it_wins.append(cash - sum(buys.values()))
    return max(0, -min(if_it_wins))


def all_exposures(world: World, account: int) -> int:
    return sum(exposure(account, market) for market in world.live())


def available(world: World, account: int) -> int:
    return world.balance.get(account, 0) - all_exposures(world, account)


def short_of_funds(world: World, account: int, before: int, after: int):
    """The fault, if the growth of an exposure is more than is available."""
    have = available(world, account)
    if after - before > have and not world.unlimited:
        return (R.INSUFFICIENT_FUNDS, have, after - before)
    return None


def beyond_limits(world: World, account: int, before: int, after: int):
    """Yield the limits that an exposure which grows from before to after goes beyond."""
    if world.unlimited or after <= before:
        return
    limits, growth = world.limits_of(account), after - before
    all_now = all_exposures(world, account)
    lost = max(0, -sum(world.results.get(account, [])))
    for reason, limit, used in (
        (R.EXPOSURE_LIMIT, limits.max_exposure_ticks, all_now),
        (R.LOSS_LIMIT, limits.loss_limit_ticks, lost + all_now),
    ):
        if limit is not None and used + growth > limit:
            yield (reason, limit - used, growth)


def money_faults(
    world: World, market: Market, account: int, hold: Hold, without: Order | None = None
):
    """Why the account cannot have one more hold, in the place of that of another order."""
    before = exposure(account, market)
    after = exposure(account, market, without=without, hold=hold)
    if fault := short_of_funds(world, account, before, after):
        yield fault
    yield from beyond_limits(world, account, before, after)
