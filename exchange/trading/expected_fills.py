"""What an order would fill at once, by the book's levels as they are. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from core.money import PAYOUT_TICKS
from exchange.trading.models import Side


def unit_ticks(side: str, price_ticks: int) -> int:
    """Return what one contract can lose: its price, or for a seller the rest of the payout."""
    return price_ticks if side == Side.BUY else PAYOUT_TICKS - price_ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFills:
    """The levels an order would take: (price_ticks, quantity), best first."""

    side: str
    levels: tuple[tuple[int, int], ...]

    @property
    def quantity(self) -> int:
        """The contracts that would match."""
        return sum(quantity for _, quantity in self.levels)

    @property
    def notional_ticks(self) -> int:
        """The sum of price x quantity."""
        return sum(price * quantity for price, quantity in self.levels)

    @property
    def average_price_ticks(self) -> int | None:
        """The average price to the nearest tick, a half to the even one; None without a match."""
        if not self.levels:
            return None
        return round(Fraction(self.notional_ticks, self.quantity))

    @property
    def signed_quantity(self) -> int:
        """What the position would change by."""
        return self.quantity if self.side == Side.BUY else -self.quantity

    @property
    def cash_ticks(self) -> int:
        """What the position's cash would change by."""
        return -self.notional_ticks if self.side == Side.BUY else self.notional_ticks

    def split(self, quantity: int, limit_ticks: int, closes_quantity: int) -> tuple[int, int]:
        """Return (what closing brings, what opening pays), in ticks, for the whole order.

        What closes comes first; what does not match is counted at the limit price. Who sells
        Yes gets its price; who buys it back, having sold it, gets the rest of the payout.
        """
        rest = quantity - self.quantity
        units = [(unit_ticks(self.side, price), count) for price, count in self.levels]
        units.append((unit_ticks(self.side, limit_ticks), rest))
        closing = sum(
            (PAYOUT_TICKS - unit) * count for unit, count in _take(units, closes_quantity)
        )
        total = sum(unit * count for unit, count in units)
        closed_units = sum(unit * count for unit, count in _take(units, closes_quantity))
        return closing, total - closed_units


def match_levels(*, side: str, quantity: int, levels: Iterable[tuple[int, int]]) -> ExpectedFills:
    """Return what an order of this quantity takes of the levels it may match, in any order."""
    best_first = sorted(levels, reverse=side == Side.SELL)
    return ExpectedFills(side=side, levels=tuple(_take(best_first, quantity)))


def _take(levels: Iterable[tuple[int, int]], quantity: int) -> list[tuple[int, int]]:
    taken: list[tuple[int, int]] = []
    for price, available in levels:
        count = min(available, quantity)
        if count <= 0:
            continue
        taken.append((price, count))
        quantity -= count
    return taken
