"""Prints folded into bars. Pure: integers in, integers out.

Bars that follow each other join to the bar of both, exactly: so hours are made of five minutes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A trade that counts for prices, at a time."""

    market: int
    contract: int
    trade: int
    seq: int
    price_ticks: int
    quantity: int
    time_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What several prints, in their order, come to; the names are the candle's."""

    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    price_sum_ticks: int
    notional_ticks: int
    volume: int
    trades: int
    first_trade: int
    last_trade: int
    last_seq: int

    def join(self, later: "Bar") -> "Bar":
        """Return the bar of this one's prints and those of a later one."""
        return replace(
            later,
            open_ticks=self.open_ticks,
            high_ticks=max(self.high_ticks, later.high_ticks),
            low_ticks=min(self.low_ticks, later.low_ticks),
            price_sum_ticks=self.price_sum_ticks + later.price_sum_ticks,
            notional_ticks=self.notional_ticks + later.notional_ticks,
            volume=self.volume + later.volume,
            trades=self.trades + later.trades,
            first_trade=self.first_trade,
        )


def bar_of(one: Print) -> Bar:
    """Return the bar of a single print."""
    price_ticks = one.price_ticks
    return Bar(
        open_ticks=price_ticks,
        high_ticks=price_ticks,
        low_ticks=price_ticks,
        close_ticks=price_ticks,
        price_sum_ticks=price_ticks,
        notional_ticks=price_ticks * one.quantity,
        volume=one.quantity,
        trades=1,
        first_trade=one.trade,
        last_trade=one.trade,
        last_seq=one.seq,
    )


def join_all(bars: Iterable[Bar]) -> Bar | None:
    """Return the bar of bars that follow each other; None of none."""
    joined: Bar | None = None
    for bar in bars:
        joined = bar if joined is None else joined.join(bar)
    return joined


def start_of(time_s: int, interval_s: int) -> int:
    """Return when the window that holds a moment begins."""
    return time_s - time_s % interval_s


def half_even(numerator: int, denominator: int) -> int:
    """Return the quotient of two integers, the denominator above 0, rounded half to even."""
    quotient, rest = divmod(numerator, denominator)
    is_up = 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1)
    return quotient + is_up
