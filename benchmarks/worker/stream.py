"""The mixed commands of the worker's benchmark, the same in every run.

Half of the orders meet the other side of the book, the others rest around its middle; some of
those that rested are cancelled. Prices are on the grid of whole cents.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from core.ids import new_id

CANCELS = 0.15
STEP_TICKS = 100
MIDDLE_TICKS = 5_000


class Book(NamedTuple):
    """A market with one contract, and its orders that may still rest."""

    contract: int
    shard: int
    resting: list[tuple[int, int]]


Command = tuple[Book, dict[str, Any]]


def make_commands(count: int, books: Sequence[Book], accounts: Sequence[int]) -> Iterator[Command]:
    """Yield so many commands, each with the book it is about."""
    chance = random.Random(7)  # noqa: S311 -- the same stream each time is the point
    for _ in range(count):
        book = chance.choice(books)
        if book.resting and chance.random() < CANCELS:
            yield book, _cancel(chance, book)
        else:
            yield book, _order(chance, book, chance.choice(accounts))


def make_resting(count: int, books: Sequence[Book], accounts: Sequence[int]) -> Iterator[Command]:
    """Yield so many orders of which none meets another."""
    chance = random.Random(8)  # noqa: S311 -- the same stream each time is the point
    for number in range(count):
        side = chance.choice((1, -1))
        price_ticks = MIDDLE_TICKS - side * STEP_TICKS * chance.randint(6, 49)
        account = accounts[number % len(accounts)]
        book = books[number % len(books)]
        yield book, _place(book, account, side, price_ticks, chance.randint(1, 20))


def _order(chance: random.Random, book: Book, account: int) -> dict[str, Any]:
    side = chance.choice((1, -1))
    meets = chance.random() < 0.5
    # Beyond the middle meets what rests there; this side of it waits to be met.
    distance = chance.randint(0, 3) if meets else -chance.randint(1, 5)
    price_ticks = MIDDLE_TICKS + side * STEP_TICKS * distance
    command = _place(book, account, side, price_ticks, chance.randint(1, 20))
    if not meets:
        book.resting.append((command["order"], account))
    return command


def _place(book: Book, account: int, side: int, price_ticks: int, quantity: int) -> dict[str, Any]:
    return {
        "type": "PlaceOrder",
        "order": new_id(),
        "account": account,
        "contract": book.contract,
        "side": "buy" if side > 0 else "sell",
        "quantity": quantity,
        "price_ticks": price_ticks,
    }


def _cancel(chance: random.Random, book: Book) -> dict[str, Any]:
    # Young ones, most of which still rest.
    index = len(book.resting) - 1 - chance.randrange(min(len(book.resting), 20))
    order, account = book.resting.pop(index)
    return {"type": "CancelOrder", "order": order, "account": account}
