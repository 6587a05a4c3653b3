"""A market's chart as its page shows it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.templatetags.static import static

from core.clock import now_ms
from exchange.marketdata.candles.models import Candle
from exchange.marketdata.candles.selectors import list_candles
from exchange.marketdata.candles.telling import moment_text
from exchange.markets.models import Contract, Market
from exchange.web.charts.lines import Frame, Point, bars_of, frame_of, path_of
from exchange.web.charts.ranges import RANGES, Range

# More lines than these cannot be told apart.
LINES_MAX: Final = 6
_ROWS_MAX: Final = 48
_CANDLES_MAX: Final = 5_000
_SCRIPT: Final = "vendor/lightweight-charts.js"


@dataclass(frozen=True, slots=True)
class Line:
    """An outcome's line: its number names its colour, `path` is None before its first trade."""

    number: int
    contract: Contract
    first_ticks: int | None
    last_ticks: int | None
    path: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A window with the last price in it of each line; None where nothing was traded."""

    start: str
    closes_ticks: Sequence[int | None]
    volume: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What the page shows; `frame` is None while nothing was traded in the range."""

    range: Range
    ranges: Sequence[Range]
    lines: Sequence[Line]
    frame: Frame | None
    bars: str
    begins: str
    ends: str
    rows: Sequence[TableRow]
    state: Mapping[str, Any]


def get_chart(market: Market, chosen: Range) -> Chart:
    """Return a market's chart over a range, by one query."""
    now_s = now_ms() // 1_000
    contracts = _charted(market)
    from_s = chosen.begins_at(now_s)
    candles = list_candles(market, interval=chosen.interval, from_s=from_s)
    wanted = candles.filter(contract__in=[one.pk for one in contracts])
    newest = list(wanted[:_CANDLES_MAX])
    points = _points(newest)
    lines = [points[one.pk] for one in contracts]
    frame = _frame(lines, from_s, now_s)
    return Chart(
        range=chosen,
        ranges=RANGES,
        lines=[_line(number, one, points[one.pk], frame) for number, one in enumerate(contracts)],
        frame=frame,
        bars=bars_of(_volumes(lines), frame) if frame else "",
        begins=moment_text(frame.from_s) if frame else "",
        ends=moment_text(now_s),
        rows=_rows(newest, contracts),
        state=_state(market, contracts, chosen),
    )


def _charted(market: Market) -> list[Contract]:
    """Return the outcomes that get a line: the likeliest by their last price, in their order."""
    contracts = list(market.contracts.all())
    likeliest = sorted(contracts, key=lambda one: (-(one.last_price_ticks or 0), one.position))
    chosen = {one.pk for one in likeliest[:LINES_MAX]}
    return [one for one in contracts if one.pk in chosen]


def _points(newest: Sequence[Candle]) -> Mapping[int, list[Point]]:
    points: dict[int, list[Point]] = defaultdict(list)
    for candle in reversed(newest):
        points[candle.contract_id].append(Point(candle.start_s, candle.close_ticks, candle.volume))
    return points


def _frame(lines: Sequence[Sequence[Point]], from_s: int | None, now_s: int) -> Frame | None:
    starts = [line[0].time_s for line in lines if line]
    if not starts:
        return None
    return frame_of(lines, from_s=min(starts) if from_s is None else from_s, to_s=now_s)


def _line(number: int, contract: Contract, points: Sequence[Point], frame: Frame | None) -> Line:
    if not points or frame is None:
        return Line(number, contract, None, None, "")
    return Line(number, contract, points[0].ticks, points[-1].ticks, path_of(points, frame))


def _volumes(lines: Sequence[Sequence[Point]]) -> list[Point]:
    """Return what was traded in each window, of all lines together."""
    sums: dict[int, int] = defaultdict(int)
    for line in lines:
        for point in line:
            sums[point.time_s] += point.volume
    return [Point(time_s, 0, volume) for time_s, volume in sorted(sums.items())]


def _rows(newest: Sequence[Candle], contracts: Sequence[Contract]) -> list[TableRow]:
    windows: dict[int, dict[int, Candle]] = {}
    for candle in newest:
        windows.setdefault(candle.start_s, {})[candle.contract_id] = candle
    return [
        TableRow(
            start=moment_text(start_s),
            closes_ticks=[
                inside[one.pk].close_ticks if one.pk in inside else None for one in contracts
            ],
            volume=sum(candle.volume for candle in inside.values()),
        )
        for start_s, inside in list(windows.items())[:_ROWS_MAX]
    ]


def _state(market: Market, contracts: Sequence[Contract], chosen: Range) -> dict[str, Any]:
    """Return what the chart's script needs; no `script` where its file was not to be had."""
    return {
        "market": market.slug,
        "script": static(_SCRIPT) if finders.find(_SCRIPT) else None,
        "range": chosen.name,
        "ranges": {
            one.name: {
                "interval": one.interval.label,
                "interval_s": int(one.interval),
                "length_s": one.length_s,
                "words": one.words,
            }
            for one in RANGES
        },
        "contracts": [{"id": str(one.pk), "name": one.name} for one in contracts],
    }
