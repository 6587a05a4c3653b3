"""A momentum trader: buys what rises, sells what falls.

LIKELY_KEY=lk_... python client/examples/momentum.py MARKET --threshold 0.02
"""

from collections import deque
from decimal import Decimal

from bot_tools import Bot, client, parser
from likely_client import Account, Book, Client, Order


class Momentum(Bot):
    """Follows the middle of the book; trades when it has moved by `threshold` in `window` looks."""

    def __init__(
        self,
        client: Client,
        book: Book,
        account: Account,
        *,
        outcome: str | None = None,
        size: int = 5,
        threshold: Decimal = Decimal("0.02"),
        window: int = 5,
        position_max: int = 50,
    ) -> None:
        super().__init__(client, book, account, outcome=outcome)
        self.size = size
        self.threshold = threshold
        self.position_max = position_max
        self.mids: deque[Decimal] = deque(maxlen=window)

    def step(self) -> Order | None:
        """Look once; return the order, where there was a reason for one."""
        mid = self.book[self.outcome].mid
        if mid is None or not self.is_live:
            return None
        self.mids.append(mid)
        moved = mid - self.mids[0]
        held = self.account.position(self.contract)
        if moved >= self.threshold and held < self.position_max:
            return self._trade("buy")
        if moved <= -self.threshold and held > -self.position_max:
            return self._trade("sell")
        return None

    def _trade(self, side: str) -> Order | None:
        """Take what is offered at the best price, and leave nothing behind."""
        self.mids.clear()  # one trade for each move
        sides = self.book[self.outcome]
        best = sides.best_ask if side == "buy" else sides.best_bid
        if best is None:
            return None
        trade = self.client.buy if side == "buy" else self.client.sell
        quantity = min(self.size, best.quantity)
        order = trade(
            self.book.market.slug,
            self.outcome,
            price=best.price,
            quantity=quantity,
            time_in_force="IOC",
        )
        self.account.wait_for([order])  # the next step shall know what we hold
        return order


def main() -> None:
    """Trade at each change of the book until interrupted."""
    arguments = parser(__doc__)
    arguments.add_argument("--threshold", type=Decimal, default=Decimal("0.02"))
    asked = arguments.parse_args()
    with (
        client() as trader,
        trader.book(asked.market, asked.outcome) as book,
        trader.account() as account,
    ):
        bot = Momentum(trader, book, account, outcome=asked.outcome, threshold=asked.threshold)
        while True:
            if order := bot.step():
                print(order.side, order.filled_quantity, "at", order.average_price, flush=True)
            book.changed(timeout_s=5)


if __name__ == "__main__":
    main()
