"""Figures of leaderboards as text, the same on pages and in the API. Pure."""

from typing import Final

from core.formatting import format_gain
from core.money import format_ticks
from social.leaderboards.selectors import Board

EXPLAINED: Final = {
    Board.PROFIT: "What settled markets have brought in all, by the ledger.",
    Board.RETURN: "Profit by what was put at risk in those markets, from 10 credits at risk on.",
    Board.BRIER: "How far off the forecasts were that trades stood for: 0 is perfect, lower is"
    " better. From 5 settled contracts on.",
    Board.VOLUME: "Contracts bought and sold.",
}


def format_value(board: Board, value: int) -> str:
    """Return a figure as people read it: "+12.50", "+3.4%", "0.1832", "1,200"."""
    if board == Board.PROFIT:
        return format_gain(value)
    if board == Board.RETURN:
        sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
        whole, rest = divmod(abs(value), 100)
        return f"{sign}{whole:,}.{rest:02}%"
    if board == Board.BRIER:
        return plain_value(board, value)
    return f"{value:,}"


def plain_value(board: Board, value: int) -> str:
    """Return a figure as a decimal string: credits, a ratio, a score, contracts."""
    if board == Board.PROFIT:
        return format_ticks(value)
    if board == Board.RETURN:
        return format_ticks(value)  # ten-thousandths, as ticks are of a credit
    if board == Board.BRIER:
        return f"{value // 1_000_000}.{value % 1_000_000:06}"
    return str(value)
