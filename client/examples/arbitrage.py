"""Arbitrage over the outcomes of one market, of which at most one comes true.

LIKELY_KEY=lk_... python client/examples/arbitrage.py MARKET

Where the best bids of all outcomes add up to more than 1, it sells one of each: it is paid more
than it can ever owe. Where one of the outcomes must come true and the best asks add up to less than
1, it buys one of each.
"""

from collections.abc import Callable
from decimal import Decimal

from bot_tools import ONE, client, parser
from likely_client import Book, Client, Level, NewOrder, Order, UnansweredError


class Arbitrage:
    """Watches all books of a market, and trades all of its outcomes at once or none."""

    def __init__(
        self, client: Client, book: Book, *, size_max: int = 50, profit_min: Decimal = Decimal(0)
    ) -> None:
        self.client = client
        self.book = book
        self.size_max = size_max
        self.profit_min = profit_min

    def step(self) -> Decimal:
        """Look once; return what was earned for certain, 0 where there was nothing to earn."""
        market = self.book.market
        if market.is_binary or not self.book.is_live:
            return Decimal(0)
        bids = self._best(lambda name: self.book[name].best_bid)
        if bids and sum(level.price for level in bids.values()) > ONE + self.profit_min:
            return self._take("sell", bids)
        asks = {} if market.has_other else self._best(lambda name: self.book[name].best_ask)
        if asks and sum(level.price for level in asks.values()) < ONE - self.profit_min:
            return self._take("buy", asks)
        return Decimal(0)

    def _best(self, read: Callable[[str], Level | None]) -> dict[str, Level]:
        """Return the best level of each outcome; nothing where one has none."""
        found = {name: read(name) for name in self.book.market.outcomes}
        return (
            {name: level for name, level in found.items() if level} if all(found.values()) else {}
        )

    def _take(self, side: str, levels: dict[str, Level]) -> Decimal:
        quantity = min(self.size_max, *(level.quantity for level in levels.values()))
        results = self.client.batch(
            [self._order(side, name, level.price, quantity) for name, level in levels.items()]
        )
        for result in results:
            if isinstance(result.error, UnansweredError):
                raise result.error  # it may have been filled: look before anything is undone
        orders = [result.order for result in results if result.order is not None]
        whole = min((order.filled_quantity for order in orders), default=0)
        if len(orders) < len(levels):
            whole = 0
        self._give_back(orders, whole)
        total = sum((level.price for level in levels.values()), Decimal(0))
        return whole * (total - ONE if side == "sell" else ONE - total)

    def _give_back(self, orders: list[Order], whole: int) -> None:
        """Undo what was traded of one outcome and not of all: somebody was quicker there."""
        for order in orders:
            extra = order.filled_quantity - whole
            back = "buy" if order.side == "sell" else "sell"
            sides = self.book[order.contract_name]
            best = sides.best_ask if back == "buy" else sides.best_bid
            if extra > 0 and best is not None:
                self.client.place(self._order(back, order.contract_name, best.price, extra))

    def _order(self, side: str, outcome: str, price: Decimal, quantity: int) -> NewOrder:
        return NewOrder(
            market=self.book.market.slug,
            outcome=outcome,
            side="buy" if side == "buy" else "sell",
            price=price,
            quantity=quantity,
            time_in_force="IOC",
        )


def main() -> None:
    """Look at each change of the books until interrupted."""
    asked = parser(__doc__).parse_args()
    with client() as trader, trader.book(asked.market) as book:
        bot = Arbitrage(trader, book)
        while True:
            if earned := bot.step():
                print("earned", earned, flush=True)
            book.changed(timeout_s=5)


if __name__ == "__main__":
    main()
