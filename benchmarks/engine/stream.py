"""Seeded streams of commands on one book, as tuples that every contender is fed from.

A stream begins with orders that only fill the book (`load`); `commands` are what is timed. Its
maker of streams plays them on a floor book, so that every cancel and amend names a resting order,
new orders cross the best price as often as they should, and nobody would trade with himself.
"""

from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from benchmarks.engine.floor import Book

PLACE, CANCEL, AMEND = range(3)
PRICE_MAX = 9_999
ACCOUNTS = 1_000


class Step(NamedTuple):
    """One command. `new` is the number that an amended order gets; a cancel has no price."""

    kind: int
    order: int
    account: int
    is_buy: bool = False
    price: int = 0
    quantity: int = 0
    new: int = 0


class Mix(NamedTuple):
    """What a stream is made of. Shares are in percent of the commands, crossing in % of orders."""

    name: str
    resting: int
    places: int
    cancels: int
    crossing: int = 45
    is_steady: bool = False


DEEP = Mix("deep", 60_000, 55, 40)
STEADY = Mix("steady", 1_000, 67, 28, is_steady=True)


@dataclass(slots=True)
class Stream:
    """What fills the book, and then the commands."""

    load: list[Step] = field(default_factory=list)
    commands: list[Step] = field(default_factory=list)


class _Maker:
    """Draws commands and plays them."""

    def __init__(self, mix: Mix, seed: int) -> None:
        self.mix = mix
        self.random = Random(seed)  # noqa: S311 -- a benchmark, the same every time
        self.book = Book()
        self.middle = PRICE_MAX / 2
        self.next_order = 1
        self.steps: dict[int, Step] = {}
        self.resting: list[int] = []
        self.places: dict[int, int] = {}

    def draw(self) -> Step:
        """Return one more command, as the mix has it."""
        self.middle += self.random.uniform(-0.5, 0.5)
        self.middle = min(max(self.middle, 1_000), PRICE_MAX - 1_000)
        share = self.random.random() * 100
        if share < self.mix.places or not self.resting:
            return self.place(is_crossing=self.random.random() * 100 < self.mix.crossing)
        order = self.random.choice(self.resting)
        return (
            self.cancel(order) if share < self.mix.places + self.mix.cancels else self.amend(order)
        )

    def place(self, *, is_crossing: bool) -> Step:
        """Return a new order."""
        is_buy = self.random.random() < 0.5
        best = self._best(is_buy=not is_buy)
        if is_crossing and best is not None:
            beyond = self.random.randint(0, 5)
            price = best + beyond if is_buy else best - beyond
            quantity = self.random.randint(1, self._largest_taker())
        else:
            price = self._passive_price(is_buy=is_buy)
            quantity = self.random.randint(1, 100)
        return self._play(Step(PLACE, self._number(), 0, is_buy, _bounded(price), quantity))

    def cancel(self, order: int) -> Step:
        """Return the cancel of a resting order."""
        self.book.cancel(order)
        step = self.steps[order]
        self._forget(order)
        return Step(CANCEL, order, step.account)

    def amend(self, order: int) -> Step:
        """Return an amend: half move the price, a quarter grow, a quarter shrink."""
        old = self.steps[order]
        price, quantity, share = old.price, self.book.orders[order].quantity, self.random.random()
        if share < 0.5 or (quantity == 1 and share >= 0.75):
            price = _bounded(self._passive_price(is_buy=old.is_buy))
            quantity += price == old.price
        elif share < 0.75:
            quantity += self.random.randint(1, 20)
        else:
            quantity = self.random.randint(1, quantity - 1)
        new = self._number()
        step = Step(AMEND, order, old.account, old.is_buy, price, quantity, new)
        fills = self.book.amend(order, new, price, quantity)
        assert not fills, "an amend is not to cross"
        self._forget(order)
        self._remember(new, step)
        return step

    def _play(self, step: Step) -> Step:
        """Place an order on the book and give it to somebody who does not meet himself."""
        owners = set()
        for maker, _, _ in self.book.place(step.order, step.is_buy, step.price, step.quantity):
            owners.add(self.steps[maker].account)
            if maker not in self.book.orders:
                self._forget(maker)
        account = self.random.randint(1, ACCOUNTS)
        while account in owners:
            account = self.random.randint(1, ACCOUNTS)
        step = step._replace(account=account)
        if step.order in self.book.orders:
            self._remember(step.order, step)
        return step

    def _number(self) -> int:
        number = self.next_order
        self.next_order += 1
        return number

    def _best(self, *, is_buy: bool) -> int | None:
        side = self.book.bids if is_buy else self.book.asks
        return side.keys[-1] * side.sign if side.keys else None

    def _passive_price(self, *, is_buy: bool) -> int:
        """Return a price at a distance from the middle that does not cross."""
        away = 1 + int(self.random.expovariate(1 / 40))
        best = self._best(is_buy=not is_buy)
        if is_buy:
            return min(round(self.middle) - away, PRICE_MAX if best is None else best - 1)
        return max(round(self.middle) + away, 1 if best is None else best + 1)

    def _largest_taker(self) -> int:
        """Return how much a crossing order takes at most: what keeps a steady book as it is."""
        is_thin = self.mix.is_steady and len(self.resting) < self.mix.resting
        return 25 if is_thin else 50

    def _remember(self, order: int, step: Step) -> None:
        self.steps[order] = step
        self.places[order] = len(self.resting)
        self.resting.append(order)

    def _forget(self, order: int) -> None:
        del self.steps[order]
        place, last = self.places.pop(order), self.resting.pop()
        if last != order:
            self.resting[place] = last
            self.places[last] = place


def _bounded(price: int) -> int:
    return min(max(price, 1), PRICE_MAX)


def make_stream(mix: Mix, count: int, seed: int = 1) -> Stream:
    """Return a stream of count commands, the same for the same seed."""
    maker, stream = _Maker(mix, seed), Stream()
    while len(maker.resting) < mix.resting:
        stream.load.append(maker.place(is_crossing=False))
    stream.commands = [maker.draw() for _ in range(count)]
    return stream
