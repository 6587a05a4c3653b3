"""What the example bots share: how they are started, and a look at the book without oneself."""

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from likely_client import Account, Book, Client, Depth, Level, Order

ONE = Decimal(1)


def parser(about: str) -> argparse.ArgumentParser:
    """Return a parser for a bot that trades one outcome of one market."""
    made = argparse.ArgumentParser(description=about)
    made.add_argument("market", help="Its slug, the last part of its page's address.")
    made.add_argument("--outcome", help="Needed where there are several.")
    return made


def client() -> Client:
    """Return a client for LIKELY_SITE, by the key in LIKELY_KEY."""
    return Client(os.environ.get("LIKELY_SITE", "http://localhost:8000"), os.environ["LIKELY_KEY"])


class Bot:
    """What a bot for one outcome has: a client, and replicas of the book and of its account."""

    def __init__(
        self, client: Client, book: Book, account: Account, *, outcome: str | None = None
    ) -> None:
        self.client = client
        self.book = book
        self.account = account
        self.outcome = name_of(book, outcome)
        self.contract = book.market.contract(outcome).id

    @property
    def is_live(self) -> bool:
        """Whether what we see is what is: where it may be old, no decision is the better one."""
        return self.book.is_live and self.account.is_live

    def own_orders(self) -> list[Order]:
        """Return our open orders in this book."""
        return [order for order in self.account.orders if order.contract == self.contract]


def name_of(book: Book, outcome: str | None) -> str:
    """Return the outcome a bot trades: the one there is, unless it is named."""
    return book.market.contract(outcome).name


def without_own(depth: Depth, own: Iterable[Order]) -> Depth:
    """Return a book as it is without one's own orders: nobody should follow themselves."""
    resting: Counter[tuple[str, Decimal]] = Counter()
    for order in own:
        if order.price is not None:
            resting[order.side, order.price] += order.open_quantity
    return Depth(_less(depth.bids, "buy", resting), _less(depth.asks, "sell", resting))


def middle(depth: Depth) -> Decimal:
    """Return what is half-way between the best bid and the best ask."""
    return (depth.bids[0].price + depth.asks[0].price) / 2


def cancel(client: Client, orders: Sequence[Order]) -> list[Order]:
    """Cancel orders and return them; not those that were filled just now."""
    results = client.cancel_batch(orders) if orders else []
    return [result.order for result in results if result.order is not None]


def _less(
    levels: tuple[Level, ...], side: str, own: Counter[tuple[str, Decimal]]
) -> tuple[Level, ...]:
    left = (Level(price, quantity - own[side, price]) for price, quantity in levels)
    return tuple(level for level in left if level.quantity > 0)
