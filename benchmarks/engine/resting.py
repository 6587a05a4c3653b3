"""What one insert, one maker in a sweep and one cancel take beside so many resting orders.

Each pad is one market, on the floor and in the engine at once. A slice adds 500 orders and cancels
500 others, drawn from all, so a pad keeps its size. Then 500 makers come between the best prices
and takers eat 100 of them each. In the second half of the slices each of these is one batch that
the engine could undo.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import count
from random import Random
from typing import Final

from benchmarks.engine.feeding import (
    BATCH,
    EVERYBODY,
    TAKER,
    commands_of,
    depth_of_book,
    feed,
    make_engine,
)
from benchmarks.engine.floor import Book
from benchmarks.engine.rows import Figures, Row
from benchmarks.engine.scale import Scale
from benchmarks.engine.stream import ACCOUNTS, CANCEL, PLACE, Step
from benchmarks.engine.timing import cpu_ns, without_collector
from exchange.engine.commands import Command

MAKERS_OF_TAKER: Final = 100
_MIDDLE: Final = 5_000
_KINDS: Final = {
    "insert": ("insert", "<= 3.5", ""),
    "maker": ("maker filled in a sweep", "<= 3.5", "<= 1.6"),
    "cancel": ("cancel", "", ""),
}
# A step and the index of the outcome whose book it is for.
Placed = tuple[Step, int]


def _rows(name: str, words: str, kinds: Iterable[str]) -> Iterator[Row]:
    for kind in kinds:
        label, aim, compiled = _KINDS[kind]
        key, floor = f"{name}.{kind}", f"{name}.{kind}.floor"
        yield Row(f"{key}.engine", f"{label}, {words}", "us", f"{floor}.engine", aim, compiled)
        yield Row(f"{key}.undo", f"{label}, {words}, in batches", "us", f"{floor}.undo")


def rows_of_sizes(scale: Scale) -> list[Row]:
    """Return the rows by how many orders rest."""
    return [
        row
        for resting in scale.resting
        for row in _rows(f"resting {resting}", f"{resting:,} resting", _KINDS)
    ]


def rows_of_outcomes(scale: Scale) -> list[Row]:
    """Return the rows by how many outcomes the market has."""
    return [
        row
        for outcomes in scale.outcomes
        for row in _rows(f"outcomes {outcomes}", _words(outcomes), ("insert", "maker"))
    ]


def _words(outcomes: int) -> str:
    return "1 outcome" if outcomes == 1 else f"{outcomes} outcomes"


def prepare_sizes(scale: Scale) -> Callable[[], Figures]:
    """Fill pads of all sizes."""
    pads = {f"resting {resting}": Pad(resting, 1) for resting in scale.resting}
    return partial(_measure, pads, scale.slices)


def prepare_outcomes(scale: Scale) -> Callable[[], Figures]:
    """Fill pads of all numbers of outcomes."""
    pads = {
        f"outcomes {outcomes}": Pad(scale.resting_of_outcomes, outcomes)
        for outcomes in scale.outcomes
    }
    return partial(_measure, pads, scale.slices)


def _measure(pads: dict[str, "Pad"], slices: int) -> Figures:
    figures: dict[str, float] = {}
    with without_collector():
        for name, pad in pads.items():
            for key, value in pad.measure(slices).items():
                figures[f"{name}.{key}"] = value
    return figures


def passive_orders(random: Random, numbers: Iterable[int], outcomes: int = 1) -> Iterator[Placed]:
    """Iterate over orders that rest, with a gap of 10 ticks on both sides of the middle."""
    expovariate, draw = random.expovariate, random.random
    for number in numbers:
        away = 10 + min(int(expovariate(1 / 40)), _MIDDLE - 100)
        is_buy = draw() < 0.5
        price = _MIDDLE - away if is_buy else _MIDDLE + away
        account, quantity = 1 + int(draw() * ACCOUNTS), 1 + int(draw() * 100)
        yield Step(PLACE, number, account, is_buy, price, quantity), int(draw() * outcomes)


class Pad:
    """A market on the floor and in the engine, and what rests there."""

    def __init__(self, resting: int, outcomes: int) -> None:
        self.outcomes = outcomes
        self.random = Random(resting + outcomes)  # noqa: S311 -- the same every time
        self.numbers = count(1)
        self.books = [Book() for _ in range(outcomes)]
        self.engine = make_engine(range(1, outcomes + 1))
        self.live: list[Placed] = []
        with without_collector():
            while len(self.live) < resting:
                self.load(min(resting - len(self.live), 10_000))

    def load(self, wanted: int) -> None:
        """Put so many orders into the books, untimed."""
        placed = self.new_orders(wanted)
        _play(self.books, placed)
        feed(self.engine, _commands(placed))

    def new_orders(self, wanted: int) -> list[Placed]:
        """Return new passive orders, which count as resting from now on."""
        numbers = (next(self.numbers) for _ in range(wanted))
        placed = list(passive_orders(self.random, numbers, self.outcomes))
        self.live += placed
        return placed

    def cancels(self) -> list[Placed]:
        """Return cancels of resting orders, which no longer count as such."""
        found = []
        for _ in range(BATCH):
            place = int(self.random.random() * len(self.live))
            step, outcome = self.live[place]
            self.live[place] = self.live[-1]
            self.live.pop()
            found.append((Step(CANCEL, step.order, step.account, step.is_buy), outcome))
        return found

    def sweep(self) -> tuple[list[Placed], list[Placed]]:
        """Return makers between the best prices, and the takers that eat them all."""
        makers: list[Placed] = []
        takers: list[Placed] = []
        for _ in range(BATCH // MAKERS_OF_TAKER):
            outcome = int(self.random.random() * self.outcomes)
            for place in range(MAKERS_OF_TAKER):
                maker = Step(PLACE, next(self.numbers), 1 + place * 7, is_buy=False, quantity=10)
                makers.append((maker._replace(price=_MIDDLE + place % 5), outcome))
            number, wanted = next(self.numbers), 10 * MAKERS_OF_TAKER
            taker = Step(PLACE, number, TAKER, is_buy=True, price=_MIDDLE + 5, quantity=wanted)
            takers.append((taker, outcome))
        return makers, takers

    def measure(self, slices: int) -> dict[str, float]:
        """Return microseconds of each kind, one by one, then in batches, and the floor's."""
        # A batch has made the engine forget the money of all who were not in it.
        self.engine.begin(EVERYBODY)
        self.engine.commit()
        figures = {}
        for how, run in (("engine", self.feed_plain), ("undo", self.feed_batch)):
            ns = [self.measure_slice(run) for _ in range(slices // 2)]
            for key in ns[0]:
                total = sum(one[key] for one in ns)
                figures[f"{key}.{how}"] = total / len(ns) / BATCH / 1_000
        self.check()
        return figures

    def measure_slice(self, run: Callable[[Sequence[Command]], None]) -> dict[str, int]:
        """Return nanoseconds of 500 inserts, as many cancels and as many makers filled."""
        inserts, cancels = self.new_orders(BATCH), self.cancels()
        makers, takers = self.sweep()
        ns = {}
        for kind, steps in (
            ("insert", inserts),
            ("cancel", cancels),
            ("", makers),
            ("maker", takers),
        ):
            ns[f"{kind}.floor"] = cpu_ns(partial(_play, self.books, steps))
            ns[kind] = cpu_ns(partial(run, _commands(steps)))
        return ns

    def check(self) -> None:
        """Insist that the engine's books are the floor's."""
        for outcome, book in enumerate(self.books):
            depth = self.engine.depth(outcome + 1)
            assert depth_of_book(book) == (depth.bids, depth.asks), (
                "a book differs from the floor's"
            )

    def feed_plain(self, given: Sequence[Command]) -> None:
        """Apply commands one by one."""
        feed(self.engine, given)

    def feed_batch(self, given: Sequence[Command]) -> None:
        """Apply commands as one batch that could be undone."""
        self.engine.begin({command.account: EVERYBODY[command.account] for command in given})
        feed(self.engine, given)
        self.engine.commit()


def _commands(placed: Iterable[Placed]) -> list[Command]:
    return [command for step, outcome in placed for command in commands_of([step], outcome + 1)]


def _play(books: Sequence[Book], placed: Iterable[Placed]) -> None:
    for step, outcome in placed:
        kind, order, _, is_buy, price, quantity, _ = step
        if kind == PLACE:
            books[outcome].place(order, is_buy, price, quantity)
        else:
            books[outcome].cancel(order)
