"""Mixed streams: places, cancels and amends, on a deep book and on a steady one."""

from collections.abc import Callable
from functools import partial

from benchmarks.engine.feeding import (
    check,
    commands_of,
    feed,
    feed_book,
    feed_in_batches,
    make_book,
    make_engine,
)
from benchmarks.engine.rows import Figures, Row
from benchmarks.engine.scale import Scale
from benchmarks.engine.stream import DEEP, STEADY, Stream, make_stream
from benchmarks.engine.timing import rate

_AIM, _COMPILED = ">= 300,000 and x 0.3", ">= 1,100,000"


def rows(_: Scale) -> list[Row]:
    """Return the rows of this section."""
    found = []
    for mix in (DEEP, STEADY):
        name, rest = mix.name, 100 - mix.places - mix.cancels
        shares = f"{mix.places}/{mix.cancels}/{rest}"
        found += [
            Row(f"{name}.floor", f"mixed, {name} ({shares}), the floor", "commands/s"),
            Row(f"{name}.engine", f"mixed, {name}", "commands/s", f"{name}.floor", _AIM, _COMPILED),
            Row(f"{name}.undo", f"mixed, {name}, in batches", "commands/s", f"{name}.floor"),
        ]
    return found


def prepare(scale: Scale) -> Callable[[], Figures]:
    """Make and check the streams; return what measures one round."""
    streams = {mix.name: make_stream(mix, scale.commands) for mix in (DEEP, STEADY)}
    for stream in streams.values():
        check(stream.load, stream.commands)
    return partial(_measure, streams)


def _measure(streams: dict[str, Stream]) -> Figures:
    figures: dict[str, float] = {}
    for name, stream in streams.items():
        count, given = len(stream.commands), commands_of(stream.commands)
        book = make_book(stream.load)
        figures[f"{name}.floor"] = rate(count, partial(feed_book, book, stream.commands))
        for key, how in (("engine", feed), ("undo", feed_in_batches)):
            engine = make_engine(load=stream.load)
            figures[f"{name}.{key}"] = rate(count, partial(how, engine, given))
    return figures
