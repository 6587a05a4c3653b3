"""In what two engines differ, line by line of their snapshots, in words."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from exchange.engine import Engine

# What the lines of a snapshot hold (exchange/engine/snapshot.py): how many of the first values
# name the thing, then the names of the others. Facts of accounts, and trades that may still be
# voided, are no part of the books.
_LINES: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "state": (0, ("next trade", "time")),
    "market": (
        1,
        (
            "status",
            "seq",
            "payout",
            "price step",
            "price bands",
            "collar",
            "other outcome",
            "contracts",
            "auction's end",
        ),
    ),
    "contract": (1, ("last price",)),
    "order": (
        1,
        ("account", "contract", "side", "price", "quantity", "open quantity", "seq", "terms"),
    ),
    "position": (2, ("cash", "quantities")),
    "group": (2, ("limit quantity", "window", "tripped", "fills")),
}
_NAMES: Final = {
    "state": "the shard",
    "position": "position in market {} of account {}",
    "group": "account {}, order group {}",
}
Lines = dict[tuple[Any, ...], list[Any]]


def differences(from_rows: Engine, from_journal: Engine) -> Iterator[str]:
    """Yield one line for each thing in which the books from rows are not those of the journal.

    Nothing exactly when their digests are equal.
    """
    if from_rows.digest() == from_journal.digest():
        return
    found = list(_compare(_book_lines(from_rows), _book_lines(from_journal)))
    yield from found
    if not found:
        yield "the rows have the same orders in another order of precedence than the journal"


def differences_in_market(market: int, from_rows: Engine, from_journal: Engine) -> Iterator[str]:
    """Yield one line for each thing in which the books of one market differ."""
    yield from _compare(_lines_of(market, from_rows), _lines_of(market, from_journal))


def _compare(rows: Lines, journal: Lines) -> Iterator[str]:
    for key in sorted(rows.keys() | journal.keys()):
        yield from _differences(key, rows.get(key), journal.get(key))


def _lines_of(market: int, engine: Engine) -> Lines:
    contracts = engine.contracts_of(market) if engine.has_market(market) else ()
    return {
        key: values
        for key, values in _book_lines(engine).items()
        if (key[0] in {"market", "position"} and key[1] == market)
        or (key[0] == "contract" and key[1] in contracts)
        or (key[0] == "order" and values[1] in contracts)
    }


def _book_lines(engine: Engine) -> Lines:
    """Return what the books hold: (kind of thing, its numbers) -> its values."""
    lines: Lines = {}
    for line in engine.snapshot().splitlines():
        kind, *values = json.loads(line)
        if kind in _LINES:
            length = _LINES[kind][0]
            lines[kind, *values[:length]] = values[length:]
    return lines


def _differences(
    key: tuple[Any, ...], row: list[Any] | None, journaled: list[Any] | None
) -> Iterator[str]:
    kind, *numbers = key
    name = _NAMES.get(kind, f"{kind} {{}}").format(*numbers)
    if row is None or journaled is None:
        where, missing = ("journal", "rows") if row is None else ("rows", "journal")
        yield f"{name}: in the {where}, not in the {missing}"
        return
    for what, ours, theirs in zip(_LINES[kind][1], row, journaled, strict=True):
        if ours != theirs:
            yield f"{name}: {what} {ours} in the rows, {theirs} in the journal"
