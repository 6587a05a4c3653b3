"""The call auction: every price of the grid is tried."""

from exchange.engine.enums import CancelReason as Why
from tests.engine.reference.matching import lose, trade
from tests.engine.reference.world import Market, Order, World, in_priority


def uncross(world: World, market: Market, contract: int) -> None:
    """Trade a book at one price, again while orders that were cancelled leave it crossed."""
    while best := crossing(market, contract):
        price = auction_price(market, contract)
        while best and best[0].price >= price >= best[1].price:
            meet(world, market, *best, price)
            best = crossing(market, contract)


def crossing(market: Market, contract: int) -> tuple[Order, Order] | None:
    """The best buy and the best sell, if they could trade."""
    buys, sells = (in_priority(market, contract, side) for side in ("buy", "sell"))
    if buys and sells and buys[0].price >= sells[0].price:
        return buys[0], sells[0]
    return None


def auction_price(market: Market, contract: int) -> int:
    """The price that trades most, then leaves least, then is nearest to the last, then lowest."""
    buys, sells = (in_priority(market, contract, side) for side in ("buy", "sell"))
    last = market.last_price(contract)

    def worth(price: int) -> tuple[int, int, int, int]:
        bought = sum(order.open for order in buys if order.price >= price)
        sold = sum(order.open for order in sells if order.price <= price)
        distance = 0 if last is None else abs(price - last)
        return (-min(bought, sold), abs(bought - sold), distance, price)

    return min(
        (price for price in market.grid() if sells[0].price <= price <= buys[0].price), key=worth
    )


def meet(world: World, market: Market, buy: Order, sell: Order, price: int) -> None:
    """Let the two trade at the price, or keep an account from trading with itself."""
    older, newer = sorted((buy, sell), key=lambda order: order.seq)
    quantity = min(buy.open, sell.open)
    stp = newer.terms.stp
    if older.account != newer.account or stp == "allow":
        trade(world, market, "auction", older, newer, price, quantity)
        return
    if stp in {"cancel_oldest", "cancel_both"}:
        world.cancel(market, older, Why.SELF_TRADE)
    if stp in {"cancel_newest", "cancel_both"}:
        world.cancel(market, newer, Why.SELF_TRADE)
    if stp == "decrement":
        lose(world, market, older, quantity)
        lose(world, market, newer, quantity)
