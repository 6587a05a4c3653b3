"""Questions as a CSV has them: read, checked, and told row by row what is wrong. Pure."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange.markets.models import Contract, Event, Market
from exchange.markets.outcomes import YES, is_yes_no

COLUMNS: Final = ("event", "category", "market", "rules", "closes_at", "outcomes")
OUTCOMES_MAX: Final = 100
RULES_MAX: Final = 10_000
_LINES_ALLOWED_IN: Final = frozenset({"rules"})


class WrongColumnsError(Exception):
    """The file is not a list of questions: its first line lacks columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A good row: an event, and a market of it with its outcomes."""

    line: int
    event: str
    category: str
    market: str
    rules: str
    closes_at: datetime | None
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot go in, by the line of the file it begins on, and why."""

    line: int
    reason: str


def parse_questions(lines: Iterable[str], *, now: datetime) -> Iterator[Question | BadRow]:
    """Read the lines of a CSV file (opened with newline="") and yield each row, good or bad.

    Raises WrongColumnsError when the first line does not name all COLUMNS. Others are ignored.
    """
    reader = csv.reader(lines, strict=True)
    columns = _read_columns(reader)
    seen: dict[tuple[str, str], int] = {}
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
            yield _read_row(line, cells, columns, seen, now=now)


def _read_columns(reader: Iterator[list[str]]) -> Mapping[str, int]:
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
    return {name: names.index(name) for name in COLUMNS}


def _read_row(
    line: int,
    cells: list[str],
    columns: Mapping[str, int],
    seen: dict[tuple[str, str], int],
    *,
    now: datetime,
) -> Question | BadRow:
    if len(cells) <= max(columns.values()):
        return BadRow(line, f"has {len(cells)} columns; {max(columns.values()) + 1} are needed")
    row = {name: cells[index].strip() for name, index in columns.items()}
    closes_at, reason = _read_time(row["closes_at"], now)
    outcomes = read_outcomes(row["outcomes"])
    reasons = [*_wrong_texts(row), *([reason] if reason else []), *_wrong_outcomes(outcomes)]
    key = (row["event"], row["market"])
    if not reasons and seen.setdefault(key, line) != line:
        reasons.append(f"the same event and market as line {seen[key]}")
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
    )


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
        if (reason := _wrong_character(text, lines=name in _LINES_ALLOWED_IN)) is not None:
            yield f"{name} {reason}"


def _wrong_character(text: str, *, lines: bool) -> str | None:
    """Return what is wrong with a text's characters: control characters, or not UTF-8."""
    for char in text:
        kind = unicodedata.category(char)
        if kind == "Cs":
            return "is not valid UTF-8"
        if kind == "Cc" and not (lines and char in "\n\r\t"):
            return f"holds the control character U+{ord(char):04X}"
    return None


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
