"""CrossTrade and VoidTrade: trades that are made and unmade beside the book."""

from exchange.engine import events
from exchange.engine.enums import MarketStatus, Side
from exchange.engine.enums import RejectReason as R
from tests.engine.reference.money import beyond_limits, exposure, short_of_funds
from tests.engine.reference.placing import QUANTITY_MAX, price_faults
from tests.engine.reference.world import STATUS_REASON, Market, Trade, World


def cross_trade(world: World, c) -> None:
    market = world.market_of.get(c.contract)
    if market is None:
        world.refuse(c, None, (R.UNKNOWN_CONTRACT,))
        return
    if found := next(cross_faults(world, market, c), None):
        account, *fault = found
        world.refuse(c, market, fault, account)
        return
    number = world.write_down(
        market,
        kind="cross",
        contract=c.contract,
        price=c.price_ticks,
        quantity=c.quantity,
        buyer=c.buyer,
        seller=c.seller,
    )
    what = (number, "cross", c.contract, c.price_ticks, c.quantity)
    sides = (None, None, c.buyer, c.seller, Side.BUY, 0, 0)
    world.tell(events.TradeExecuted, market, *what, *sides)


def cross_faults(world: World, market: Market, c):
    """Yield (account, reason, ...), the account None where the fault is nobody's."""
    if world.is_late(c):
        yield (None, R.TOO_LATE)
    if market.status != MarketStatus.OPEN:
        yield (None, STATUS_REASON[market.status])
    for fault in price_faults(market, c.price_ticks):
        yield (None, *fault)
    if not 1 <= c.quantity <= QUANTITY_MAX:
        yield (None, R.INVALID_QUANTITY)
    if c.buyer == c.seller:
        yield (None, R.SELF_TRADE)
    for account in (c.buyer, c.seller):
        if world.limits_of(account).suspended:
            yield (account, R.ACCOUNT_SUSPENDED)
    trade = Trade(0, "cross", c.contract, c.price_ticks, c.quantity, c.buyer, c.seller)
    yield from moving_faults(world, market, c, [*market.trades, trade])


def moving_faults(world: World, market: Market, c, trades: list[Trade]):
    """First funds, then limits; of each the buyer first."""
    both = [
        (account, exposure(account, market), exposure(account, market, trades=trades))
        for account in (c.buyer, c.seller)
    ]
    for account, before, after in both:
        if fault := short_of_funds(world, account, before, after):
            yield (account, *fault)
    for reason in (R.EXPOSURE_LIMIT, R.LOSS_LIMIT):
        for account, before, after in both:
            faults = beyond_limits(world, account, before, after)
            yield from ((account, *fault) for fault in faults if fault[0] == reason)


def void_trade(world: World, c) -> None:
    market, trade = find(world, c.trade)
    if trade is None:
        world.refuse(c, None, (R.UNKNOWN_TRADE,))
    elif world.is_late(c):
        world.refuse(c, market, (R.TOO_LATE,))
    elif found := next(void_faults(world, market, trade), None):
        account, fault = found
        world.refuse(c, market, fault, account)
    else:
        trade.voided = True
        what = (trade.trade, trade.contract, trade.price, trade.quantity)
        whose = (trade.maker_order, trade.taker_order, trade.buyer, trade.seller)
        world.tell(events.TradeVoided, market, *what, *whose)


def find(world: World, number: int) -> tuple[Market | None, Trade | None]:
    """The trade of that id after its market, if neither is over."""
    for market in world.live():
        for trade in market.trades:
            if trade.trade == number and not trade.voided:
                return market, trade
    return None, None


def void_faults(world: World, market: Market, voided: Trade):
    others = [trade for trade in market.trades if trade is not voided]
    for account in (voided.buyer, voided.seller):
        before = exposure(account, market)
        after = exposure(account, market, trades=others)
        if fault := short_of_funds(world, account, before, after):
            yield account, fault
