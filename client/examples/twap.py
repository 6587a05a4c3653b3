"""TWAP: buys or sells a large quantity in equal slices over time, at a limit or better.

LIKELY_KEY=lk_... python client/examples/twap.py MARKET buy 100 --limit 0.60 --slices 10 --every 30

A large order at once moves the price against itself; slices give others time to come back.
"""

import time
from decimal import Decimal

from bot_tools import client, name_of, parser
from likely_client import Book, Client, Order, Side


class Twap:
    """Trades `quantity` in `slices`; what a slice does not get is added to those that are left."""

    def __init__(
        self,
        client: Client,
        book: Book,
        *,
        side: Side,
        quantity: int,
        limit: Decimal,
        slices: int = 10,
        outcome: str | None = None,
    ) -> None:
        self.client = client
        self.book = book
        self.side = side
        self.limit = limit
        self.outcome = name_of(book, outcome)
        self.quantity_left = quantity
        self.slices_left = slices
        self.paid = Decimal(0)

    @property
    def is_done(self) -> bool:
        """Whether all is traded, or the time is over."""
        return self.quantity_left == 0 or self.slices_left == 0

    def step(self) -> Order | None:
        """Trade one slice of what is left, by an order that leaves nothing behind."""
        if self.is_done:
            return None
        quantity = -(-self.quantity_left // self.slices_left)  # rounded up
        trade = self.client.buy if self.side == "buy" else self.client.sell
        order = trade(
            self.book.market.slug,
            self.outcome,
            price=self.limit,
            quantity=quantity,
            time_in_force="IOC",
        )
        self.slices_left -= 1
        self.quantity_left -= order.filled_quantity
        self.paid += order.cost
        return order


def main() -> None:
    """Trade slice after slice."""
    arguments = parser(__doc__)
    arguments.add_argument("side", choices=["buy", "sell"])
    arguments.add_argument("quantity", type=int)
    arguments.add_argument("--limit", type=Decimal, required=True, help="The worst price.")
    arguments.add_argument("--slices", type=int, default=10)
    arguments.add_argument("--every", type=float, default=30.0, metavar="SECONDS")
    asked = arguments.parse_args()
    with client() as trader, trader.book(asked.market, asked.outcome) as book:
        bot = Twap(
            trader,
            book,
            side=asked.side,
            quantity=asked.quantity,
            limit=asked.limit,
            slices=asked.slices,
            outcome=asked.outcome,
        )
        while (order := bot.step()) is not None:
            print(order.filled_quantity, "at", order.average_price, flush=True)
            if not bot.is_done:
                time.sleep(asked.every)
        print(f"{bot.quantity_left} left, {bot.paid} paid")


if __name__ == "__main__":
    main()
