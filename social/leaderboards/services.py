"""Building leaderboards, and checking that they are what trades and ledger say."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple
from typing import Final

from django.db import connection, transaction

from core.clock import now_ms
from core.live import push
from core.slices import slices
from social.leaderboards.figures import Figures, compute_figures
from social.leaderboards.models import LeaderboardBuild, Period
from social.leaderboards.selectors import Board

_DAY_MS: Final = 86_400_000
_LENGTHS_MS: Final[Mapping[str, int | None]] = {
    Period.WEEK: 7 * _DAY_MS,
    Period.MONTH: 30 * _DAY_MS,
    Period.ALL: None,
}
# A batch is stamped when it begins: what is older than this has been committed.
_SETTLED_MS: Final = 10_000
_STANDINGS: Final = """
INSERT INTO social_standing
    (build_id, member_id, profit_ticks, return_basis_points, brier_millionths, volume)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def build_leaderboards(*, as_of_ms: int | None = None) -> dict[str, int]:
    """Build the leaderboards of every period anew; return how many members each has.

    As of a moment that has settled: nothing that happened before may still be uncommitted. A
    transaction for each period: readers see the old one until the new one is whole. Open pages are
    told once all are.
    """
    as_of_ms = now_ms() - _SETTLED_MS if as_of_ms is None else as_of_ms
    counts = {period: _build(period, as_of_ms) for period in Period.values}
    for board in Board.values:
        push(f"leaderboard.{board}", {"type": "changed"})
    return counts


def check_leaderboards() -> Iterator[str]:
    """Yield what differs between the leaderboards and what trades and ledger say of their time."""
    for build in LeaderboardBuild.objects.order_by("period"):
        yield from _differences(build)


def _build(period: str, as_of_ms: int) -> int:
    length_ms = _LENGTHS_MS[period]
    starts_at_ms = 0 if length_ms is None else as_of_ms - length_ms
    figures = compute_figures(starts_at_ms=starts_at_ms, as_of_ms=as_of_ms)
    with transaction.atomic():
        LeaderboardBuild.objects.filter(period=period).delete()
        build = LeaderboardBuild.objects.create(
            period=period, starts_at_ms=starts_at_ms, as_of_ms=as_of_ms
        )
        _insert(build.pk, figures)
    return len(figures)


def _insert(build_id: int, figures: Mapping[int, Figures]) -> None:
    # As plain rows, sent as they are made: to prepare so many objects first would take longer
    # than a transaction may be idle.
    with connection.cursor() as cursor:
        for members in slices(figures):
            rows = [(build_id, member, *astuple(figures[member])) for member in members]
            cursor.executemany(_STANDINGS, rows)


def _differences(build: LeaderboardBuild) -> Iterator[str]:
    expected = compute_figures(starts_at_ms=build.starts_at_ms, as_of_ms=build.as_of_ms)
    rows = build.standings.values_list(
        "member_id", "profit_ticks", "return_basis_points", "brier_millionths", "volume"
    )
    for member, *values in rows.iterator():
        figures = Figures(*values)
        due = expected.pop(member, None)
        if figures != due:
            yield f"{build.period}: member {member} stands at {figures}, should at {due}"
    for member, due in expected.items():
        yield f"{build.period}: member {member} is missing, should stand at {due}"
