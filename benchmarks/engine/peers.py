"""Books that others wrote, on the same stream, one Python call for each command.

None is a dependency: what is not installed is said to be so. Before one is measured, its fills of
the first 1,000 commands are held against the floor's. The stream has no amends, because most of
them know none or another kind.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from benchmarks.engine.adapters import ADAPTERS, Adapter, FastLob, LimitOrderBook
from benchmarks.engine.feeding import (
    commands_of,
    feed,
    feed_book,
    make_book,
    make_engine,
)
from benchmarks.engine.floor import Book, Fill
from benchmarks.engine.rows import Figures, Row
from benchmarks.engine.scale import Scale
from benchmarks.engine.stream import PLACE, Mix, Step, Stream, make_stream
from benchmarks.engine.timing import rate

CHECKED: Final = 1_000
# Linear in the resting orders at every step: more commands would take minutes.
_SLOW: Final = frozenset({"order-matching"})
_MIX: Final = Mix("without amends", 1_000, 67, 33, is_steady=True)


def rows(_: Scale) -> list[Row]:
    """Return the rows of this section."""
    floor, unit = "peer.floor", "commands/s"
    mixed = Row("peer.engine", "steady without amends", unit, floor)
    others = [Row(f"peer.{name}", f"the same by {name}", unit, floor) for name in ADAPTERS]
    return [Row(floor, "steady without amends, the floor", unit), mixed, *others]


def prepare(scale: Scale) -> Callable[[], Figures]:
    """Make the stream and check every peer that is here; return what measures one round."""
    # What some of them log at every step would cost more than what they do.
    logging.disable()
    stream = make_stream(_MIX, scale.peer_commands)
    words = {name: check(make, stream) for name, make in ADAPTERS.items()}
    return partial(_measure, stream, words)


def check(make: Callable[[], Adapter], stream: Stream) -> str:
    """Return what keeps a peer from being measured: "" where nothing does."""
    try:
        peer = make()
    except ImportError:
        return "not installed"
    try:
        return check_fills(peer, stream.load, stream.commands[:CHECKED])
    except Exception as error:  # noqa: BLE001 -- others' code may raise anything
        return f"fails: {type(error).__name__}"
    finally:
        peer.close()


def check_fills(peer: Adapter, load: Sequence[Step], steps: Sequence[Step]) -> str:
    """Hold a peer's fills against the floor's; return "" where they are the same."""
    book = Book()
    for step in (*load, *steps):
        if step.kind != PLACE:
            book.cancel(step.order)
            peer.cancel(step.order)
            continue
        fills = book.place(step.order, step.is_buy, step.price, step.quantity)
        told = peer.place(step)
        if told is not None and told != (by_price(fills) if isinstance(peer, FastLob) else fills):
            return "other fills"
    if isinstance(peer, LimitOrderBook) and not same_volume(peer, book):
        return "another book"
    return ""


def by_price(fills: Iterable[Fill]) -> list[Fill]:
    """Return the sums of each price, in order, of no maker."""
    sums: dict[int, int] = {}
    for _, price, quantity in fills:
        sums[price] = sums.get(price, 0) + quantity
    return [(0, price, quantity) for price, quantity in sums.items()]


def same_volume(peer: LimitOrderBook, book: Book) -> bool:
    """Whether as much rests at each price: of a book that tells no fills."""
    sides = ((book.bids, peer.book.volume_buy), (book.asks, peer.book.volume_sell))
    return all(
        volume_at(level.key * side.sign) == level.quantity
        for side, volume_at in sides
        for level in side.levels.values()
    )


def play(peer: Adapter, steps: Iterable[Step]) -> None:
    """Feed steps to a peer."""
    for step in steps:
        if step.kind == PLACE:
            peer.place(step)
        else:
            peer.cancel(step.order)


def _measure(stream: Stream, words: dict[str, str]) -> Figures:
    steps, load = stream.commands, stream.load
    engine, given = make_engine(load=load), commands_of(steps)
    figures: dict[str, float | str] = {
        "peer.floor": rate(len(steps), partial(feed_book, make_book(load), steps)),
        "peer.engine": rate(len(steps), partial(feed, engine, given)),
    }
    for name, make in ADAPTERS.items():
        if words[name]:
            figures[f"peer.{name}"] = words[name]
            continue
        some = steps[:CHECKED] if name in _SLOW else steps
        peer = make()
        play(peer, load)
        figures[f"peer.{name}"] = rate(len(some), partial(play, peer, some))
        peer.close()
    return figures
