"""What members' trading came to between two moments, added up from trades and the ledger.

docs/leaderboards.md has the formulas. Sums are exact; what is divided is rounded once, a half to
the even side.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from core.money import PAYOUT_TICKS
from exchange.trading.times import to_column

STAKE_TICKS_MIN: Final = 10 * 10_000
FORECASTS_MIN: Final = 5
_MILLION: Final = 1_000_000
_BASIS_POINTS: Final = 10_000

# Settlements are the only transfers that trading makes: grants and deposits are no profit.
_PROFITS: Final = """
SELECT account.owner_id, CAST(SUM(line.amount_ticks) AS bigint)
FROM (
    SELECT credit_id AS account_id, amount_ticks FROM ledger_transfer
    WHERE kind = 'settlement' AND created_at > %(start)s AND created_at <= %(end)s
    UNION ALL
    SELECT debit_id, -amount_ticks FROM ledger_transfer
    WHERE kind = 'settlement' AND created_at > %(start)s AND created_at <= %(end)s
) line
JOIN ledger_account account ON account.id = line.account_id
WHERE account.owner_id IS NOT NULL GROUP BY account.owner_id
"""
_VOLUMES: Final = """
SELECT account.owner_id, CAST(SUM(side.quantity) AS bigint)
FROM (
    SELECT maker_account_id AS account_id, quantity FROM trading_trade
    WHERE executed_at > %(start)s AND executed_at <= %(end)s
    UNION ALL
    SELECT taker_account_id, quantity FROM trading_trade
    WHERE executed_at > %(start)s AND executed_at <= %(end)s
) side
JOIN ledger_account account ON account.id = side.account_id
WHERE account.owner_id IS NOT NULL GROUP BY account.owner_id
"""
# A side of a trade: what it put at risk, and twice the chance that it stood for, in ticks: a buyer
# at p holds it for something between p and 1, a seller for something between 0 and p.
_SIDE: Final = """
SELECT trade.{role}_account_id AS account_id, trade.contract_id AS contract_id,
    CASE WHEN market.winner_id = trade.contract_id THEN 1 ELSE 0 END AS has_won,
    trade.quantity AS quantity,
    trade.quantity * CASE WHEN trade.taker_side = '{buys_when}' THEN trade.price_ticks
        ELSE %(payout)s - trade.price_ticks END AS stake_ticks,
    trade.quantity * (trade.price_ticks
        + CASE WHEN trade.taker_side = '{buys_when}' THEN %(payout)s ELSE 0 END) AS forecast
FROM trading_trade trade JOIN markets_market market ON market.id = trade.market_id
WHERE market.status = 'settled'
    AND market.settled_at > %(start)s AND market.settled_at <= %(end)s
"""
_FORECASTS: Final = f"""
SELECT account.owner_id, side.has_won, CAST(SUM(side.quantity) AS bigint),
    CAST(SUM(side.stake_ticks) AS bigint), CAST(SUM(side.forecast) AS bigint)
FROM (
    {_SIDE.format(role="maker", buys_when="sell")}
    UNION ALL
    {_SIDE.format(role="taker", buys_when="buy")}
) side
JOIN ledger_account account ON account.id = side.account_id
WHERE account.owner_id IS NOT NULL
GROUP BY account.owner_id, side.contract_id, side.has_won
"""  # noqa: S608 -- made of constants


@dataclass(slots=True)
class Figures:
    """How a member stood; None where a figure needs more than they have done."""

    profit_ticks: int | None = None
    return_basis_points: int | None = None
    brier_millionths: int | None = None
    volume: int | None = None


@dataclass(slots=True)
class _Forecasts:
    stake_ticks: int = 0
    count: int = 0
    squares: int = 0  # of errors in millionths


def compute_figures(*, starts_at_ms: int, as_of_ms: int) -> dict[int, Figures]:
    """Return figures by member, of those who traded or had a result after the start.

    Three queries, each linear in what happened since.
    """
    found: dict[int, Figures] = {}
    bounds = {"start": to_column(starts_at_ms), "end": to_column(as_of_ms)}
    for member, profit_ticks in _rows(_PROFITS, bounds):
        found.setdefault(member, Figures()).profit_ticks = profit_ticks
    for member, volume in _rows(_VOLUMES, bounds):
        found.setdefault(member, Figures()).volume = volume
    for member, forecasts in _forecasts(bounds).items():
        figures = found.setdefault(member, Figures())
        figures.return_basis_points = _return(figures.profit_ticks or 0, forecasts.stake_ticks)
        figures.brier_millionths = _brier(forecasts)
    return found


def _forecasts(bounds: Mapping[str, str]) -> dict[int, _Forecasts]:
    found: dict[int, _Forecasts] = {}
    for member, has_won, quantity, stake_ticks, forecast in _rows(
        _FORECASTS, {**bounds, "payout": PAYOUT_TICKS}
    ):
        forecasts = found.setdefault(member, _Forecasts())
        forecasts.stake_ticks += stake_ticks
        forecasts.count += 1
        chance = _divide(forecast * _MILLION, 2 * PAYOUT_TICKS * quantity)
        forecasts.squares += (chance - has_won * _MILLION) ** 2
    return found


def _return(profit_ticks: int, stake_ticks: int) -> int | None:
    if stake_ticks < STAKE_TICKS_MIN:
        return None
    return _divide(profit_ticks * _BASIS_POINTS, stake_ticks)


def _brier(forecasts: _Forecasts) -> int | None:
    if forecasts.count < FORECASTS_MIN:
        return None
    return _divide(forecasts.squares, forecasts.count * _MILLION)


def _divide(total: int, count: int) -> int:
    whole, rest = divmod(total, count)
    is_up = 2 * rest > count or (2 * rest == count and whole % 2 == 1)
    return whole + is_up


def _rows(statement: str, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(5_000):
            yield from rows
