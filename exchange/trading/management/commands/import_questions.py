"""manage.py import_questions: events, markets and contracts from a CSV."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from exchange.markets.imports import import_questions
from exchange.markets.questions import BadRow, Question, WrongColumnsError, parse_questions
from exchange.trading.openings import count_drafts, submit_openings

_QUESTIONS_AT_ONCE: Final = 500
_PATIENCE_S: Final = 5.0


class Command(BaseCommand):
    """Bring a file of questions in; bad rows are reported by line and skipped."""

    help = (
        "Import events, markets and contracts from a CSV with the columns event, category, "
        "market, rules, closes_at (RFC 3339; empty: never) and outcomes (separated by |); "
        "columns meta:<key> are metadata of new events. "
        "Rows that are there already change nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--open", action="store_true", help="Open the markets of the file.")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        rows = _read(file)
        bad = [row for row in rows if isinstance(row, BadRow)]
        for row in bad:
            self.stderr.write(f"line {row.line}: {row.reason}")
        market_ids = self._import([row for row in rows if isinstance(row, Question)], len(bad))
        if options["open"]:
            self._open(market_ids)

    def _import(self, questions: Sequence[Question], bad: int) -> list[int]:
        market_ids: list[int] = []
        new = 0
        with _bar(len(questions), "import") as bar:
            for start in range(0, len(questions), _QUESTIONS_AT_ONCE):
                some = questions[start : start + _QUESTIONS_AT_ONCE]
                imported = import_questions(some, metadata={})
                market_ids += imported.market_ids
                new += imported.new
                bar.update(len(some))
        known = len(questions) - new
        rows = "1 bad row" if bad == 1 else f"{bad} bad rows"
        self.stdout.write(f"{new} new, {known} there already, {rows} skipped.")
        return market_ids

    def _open(self, market_ids: Sequence[int]) -> None:
        before = count_drafts(market_ids)
        for _ in submit_openings(market_ids=market_ids):
            pass
        left = _wait_until_open(market_ids, before)
        self.stdout.write(f"{before - left} opened.")
        if left:
            self.stdout.write(
                f"{left} more will be opened as soon as a book worker runs "
                "(manage.py runbooks, or manage.py serve)."
            )


def _read(file: Path) -> list[Question | BadRow]:
    try:
        # Bytes that are no UTF-8 come through as surrogates: only their rows are bad.
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
            return list(parse_questions(lines, now=timezone.now()))
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or error}") from error
    except WrongColumnsError as error:
        raise CommandError(f"{file}: {error}") from error


def _wait_until_open(market_ids: Sequence[int], drafts: int) -> int:
    """Watch the drafts become fewer until none is left or nothing moves; return what is left."""
    left = drafts
    moved_at = time.monotonic()
    with _bar(drafts, "open") as bar:
        while left and time.monotonic() - moved_at < _PATIENCE_S:
            now_left = count_drafts(market_ids)
            if now_left < left:
                bar.update(left - now_left)
                left, moved_at = now_left, time.monotonic()
            else:
                time.sleep(0.05)
    return left


def _bar(total: int, what: str) -> "tqdm[Any]":
    return tqdm(total=total, desc=what, unit="market", disable=None, file=sys.stderr)
