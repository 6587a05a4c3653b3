"""Questions as a CSV has them: read, checked, and told row by row what is wrong. Pure."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from exchange.markets.metadata import Value, find_faults, find_key_fault, read_value
from exchange.markets.models import Contract, Event, Market
from exchange.markets.outcomes import YES, is_yes_no
from exchange.markets.texts import wrong_character

COLUMNS: Final = ("event", "category", "market", "rules", "closes_at", "outcomes")
# "meta:venue" is a column of the event's metadata.
META: Final = "meta:"
OUTCOMES_MAX: Final = 100
RULES_MAX: Final = 10_000
_LINES_ALLOWED_IN: Final = frozenset({"rules"})


class WrongColumnsError(Exception):
    """The file is not a list of questions: its first line lacks columns or names wrong ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A good row: an event, and a market of it with its outcomes.

    `metadata` is the event's: its first row in the file has all of it.
    """

    line: int
    event: str
    category: str
    market: str
    rules: str
    closes_at: datetime | None
    outcomes: tuple[str, ...]
    metadata: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot go in, by the line of the file it begins on, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the rows are read by: where each column is, and what the rows before said."""

    columns: Mapping[str, int]
    meta: Mapping[str, int]
    markets: dict[tuple[str, str], int] = field(default_factory=dict)
    events: dict[tuple[str, str], tuple[Mapping[str, Value], int]] = field(default_factory=dict)


def parse_questions(lines: Iterable[str], *, now: datetime) -> Iterator[Question | BadRow]:
    """Read the lines of a CSV file (opened with newline="") and yield each row, good or bad.

    Raises WrongColumnsError when the first line does not name all COLUMNS, or a "meta:" column
    that is none. Others are ignored.
    """
    reader = csv.reader(lines, strict=True)
    sheet = _read_columns(reader)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line, f"not readable as CSV: {error}")
            continue
        if cells:
            yield _read_row(line, cells, sheet, now=now)


def _read_columns(reader: Iterator[list[str]]) -> _Sheet:
    try:
        names = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        raise WrongColumnsError(f"the first line is not readable as CSV: {error}") from None
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise WrongColumnsError(
            f"the first line must name these columns: {', '.join(COLUMNS)}; "
            f"missing: {', '.join(missing)}"
        )
    return _Sheet({name: names.index(name) for name in COLUMNS}, _meta_columns(names))


def _meta_columns(names: list[str]) -> Mapping[str, int]:
    found = [
        (name.removeprefix(META).strip(), index)
        for index, name in enumerate(names)
        if name.startswith(META)
    ]
    keys = [key for key, _ in found]
    for key in keys:
        fault = find_key_fault(key) or ("is there twice" if keys.count(key) > 1 else None)
        if fault is not None:
            raise WrongColumnsError(f"column {META + key[:40]!r}: {key[:40]!r} {fault}")
    return dict(found)


def _read_row(line: int, cells: list[str], sheet: _Sheet, *, now: datetime) -> Question | BadRow:
    needed = max(sheet.columns.values()) + 1
    if len(cells) < needed:
        return BadRow(line, f"has {len(cells)} columns; {needed} are needed")
    row = {name: cells[index].strip() for name, index in sheet.columns.items()}
    closes_at, reason = _read_time(row["closes_at"], now)
    outcomes = read_outcomes(row["outcomes"])
    metadata = _read_metadata(cells, sheet)
    reasons = [*_wrong_texts(row), *([reason] if reason else []), *_wrong_outcomes(outcomes)]
    reasons += [f"metadata {fault}" for fault in find_faults(metadata)]
    reasons = reasons or _contradictions(line, row, metadata, sheet)
    if reasons:
        return BadRow(line, "; ".join(reasons))
    return Question(
        line=line,
        event=row["event"],
        category=row["category"],
        market=row["market"],
        rules=row["rules"],
        closes_at=closes_at,
        outcomes=outcomes,
        metadata=metadata,
    )


def _read_metadata(cells: list[str], sheet: _Sheet) -> dict[str, Value]:
    """Return the metadata of a row; an empty cell, or none, says nothing."""
    texts = {key: cells[index].strip() for key, index in sheet.meta.items() if index < len(cells)}
    return {key: read_value(text) for key, text in texts.items() if text}


def _contradictions(
    line: int, row: Mapping[str, str], metadata: Mapping[str, Value], sheet: _Sheet
) -> list[str]:
    """Return where a row does not go with the rows before it; else note what it says."""
    market = (row["event"], row["market"])
    if market in sheet.markets:
        return [f"the same event and market as line {sheet.markets[market]}"]
    event = (row["event"], row["category"])
    first, first_line = sheet.events.get(event, (metadata, line))
    different = [key for key, value in metadata.items() if first.get(key) != value]
    if different:
        return [f"{META}{key} is not what line {first_line} says" for key in different]
    sheet.markets[market] = line
    sheet.events.setdefault(event, (metadata, line))
    return []


def _wrong_texts(row: Mapping[str, str]) -> Iterator[str]:
    limits = {
        "event": Event.title.field.max_length or 0,
        "category": Event.category.field.max_length or 0,
        "market": Market.title.field.max_length or 0,
        "rules": RULES_MAX,
    }
    for name, limit in limits.items():
        text = row[name]
        if not text and name != "rules":
            yield f"{name} is empty"
        elif len(text) > limit:
            yield f"{name} has {len(text):,} characters; at most {limit:,} fit"
    for name, text in row.items():
        if (reason := wrong_character(text, lines=name in _LINES_ALLOWED_IN)) is not None:
            yield f"{name} {reason}"


def _read_time(text: str, now: datetime) -> tuple[datetime | None, str]:
    """Return a closing time (none: an empty text) or what is wrong with it."""
    if not text:
        return None, ""
    try:
        closes_at = datetime.fromisoformat(text)
    except ValueError:
        return None, f"closes_at is not a time: {text[:40]!r}; write 2027-01-31T12:00:00Z"
    if closes_at.tzinfo is None:
        return None, "closes_at has no time zone; write 2027-01-31T12:00:00Z"
    if closes_at <= now:
        return None, f"closes_at is over: {text[:40]}"
    return closes_at, ""


def read_outcomes(text: str) -> tuple[str, ...]:
    """Return the contracts that an outcomes cell asks for: "Yes|No" is one, its other side No."""
    outcomes = tuple(name.strip() for name in text.split("|"))
    return (YES,) if is_yes_no(outcomes) else outcomes


def _wrong_outcomes(outcomes: tuple[str, ...]) -> Iterator[str]:
    limit = Contract.name.field.max_length or 0
    if not all(outcomes):
        yield "outcomes is empty" if len(outcomes) == 1 else "an outcome has no name"
    if len(outcomes) > OUTCOMES_MAX:
        yield f"has {len(outcomes)} outcomes; at most {OUTCOMES_MAX} fit"
    folded = [name.casefold() for name in outcomes]
    for name in dict.fromkeys(name for name in outcomes if folded.count(name.casefold()) > 1):
        if name:
            yield f"outcome {name[:40]!r} is there more than once"
    if any(len(name) > limit for name in outcomes):
        yield f"an outcome has more than {limit} characters"
