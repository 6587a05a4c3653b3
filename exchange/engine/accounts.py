"""What the engine knows of accounts beside their money: limits, and groups of their orders."""

from dataclasses import dataclass
from typing import Final

from exchange.engine.views import AccountFacts


@dataclass(slots=True)
class Limits:
    """The limits of an account; None is no limit.

    `balance_ticks` is what it has, held or not; `lost_ticks` what settlements have cost it since
    the limits were set, below 0 where they brought more.
    """

    max_open_orders: int | None
    max_exposure_ticks: int | None
    loss_limit_ticks: int | None
    balance_ticks: int
    lost_ticks: int = 0
    open_orders_elsewhere: int = 0

    def book(self, amount_ticks: int, lost_ticks: int = 0) -> None:
        """Count money that came to the account, or went from it."""
        self.balance_ticks += amount_ticks
        self.lost_ticks += lost_ticks


def limits_of(facts: AccountFacts) -> Limits:
    """Return the limits that come with an account's facts."""
    return Limits(
        facts.max_open_orders,
        facts.max_exposure_ticks,
        facts.loss_limit_ticks,
        facts.available_ticks + facts.exposure_ticks,
        facts.lost_ticks,
        facts.open_orders_elsewhere,
    )


class Group:
    """Orders that are cancelled together once limit_quantity of them is filled within window_ms.

    `fills` are (time, quantity) of the trades since it was set; those before the window may have
    been dropped already.
    """

    __slots__ = ("account", "fills", "group", "limit_quantity", "tripped", "window_ms")

    def __init__(self, account: int, group: int, limit_quantity: int, window_ms: int) -> None:
        self.account: Final = account
        self.group: Final = group
        self.limit_quantity: Final = limit_quantity
        self.window_ms: Final = window_ms
        self.tripped = False
        self.fills: tuple[tuple[int, int], ...] = ()

    def fills_within(self, now_ms: int) -> tuple[tuple[int, int], ...]:
        """Return the fills that still count."""
        start_ms = now_ms - self.window_ms
        return tuple(fill for fill in self.fills if fill[0] > start_ms)

    def is_full(self, now_ms: int) -> bool:
        """Whether so much was filled within the window that the group must go."""
        return sum(quantity for _, quantity in self.fills_within(now_ms)) >= self.limit_quantity
