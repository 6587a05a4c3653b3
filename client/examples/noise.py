"""A noise trader: small orders for no reason, as every market has some.

LIKELY_KEY=lk_... python client/examples/noise.py MARKET --every 2
"""

import random
import time
from decimal import Decimal

from bot_tools import Bot, cancel, client, parser
from likely_client import Account, Book, Client, Order, Side


class Noise(Bot):
    """Takes what is offered, sometimes rests; never piles up orders or a position."""

    def __init__(
        self,
        client: Client,
        book: Book,
        account: Account,
        *,
        outcome: str | None = None,
        size_max: int = 15,
        open_max: int = 5,
        position_max: int = 300,
        chance: random.Random | None = None,
    ) -> None:
        super().__init__(client, book, account, outcome=outcome)
        self.size_max = size_max
        self.open_max = open_max
        self.position_max = position_max
        self.chance = chance or random.Random()

    def step(self) -> Order | None:
        """Give one order, or take one away where there are enough."""
        mid = self.book[self.outcome].mid
        if mid is None or not self.is_live:
            return None
        own = self.own_orders()
        is_full = len(own) >= self.open_max
        changed = cancel(self.client, own[:1]) if is_full else [self._trade(mid)]
        self.account.wait_for(changed)  # the next step shall see it among our own
        return next(iter(changed), None)

    def _trade(self, mid: Decimal) -> Order:
        side = self._side()
        rests = self.chance.random() < 1 / 4
        reach = Decimal("-0.03") if rests else Decimal("0.03")
        price = mid + reach if side == "buy" else mid - reach
        trade = self.client.buy if side == "buy" else self.client.sell
        return trade(
            self.book.market.slug,
            self.outcome,
            price=self.book.market.on_tick(price, side=side),
            quantity=self.chance.randint(1, self.size_max),
            time_in_force="GTC" if rests else "IOC",
        )

    def _side(self) -> Side:
        """Return either side by chance, but the one that leads back where much is held."""
        held = self.account.position(self.contract)
        if abs(held) > self.position_max:
            return "sell" if held > 0 else "buy"
        return self.chance.choice(("buy", "sell"))


def main() -> None:
    """Trade until interrupted."""
    arguments = parser(__doc__)
    arguments.add_argument("--every", type=float, default=2.0, metavar="SECONDS")
    asked = arguments.parse_args()
    with (
        client() as trader,
        trader.book(asked.market, asked.outcome) as book,
        trader.account() as account,
    ):
        bot = Noise(trader, book, account, outcome=asked.outcome)
        while True:
            if order := bot.step():
                print(order.side, order.quantity, "at", order.price, order.status, flush=True)
            time.sleep(asked.every)


if __name__ == "__main__":
    main()
