"""What the engine knows of an account: its money, limits, living orders, and groups of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exchange.engine.views import AccountFacts

if TYPE_CHECKING:
    from exchange.engine.book import Order
    from exchange.engine.position import Position

# More than all holds of all orders together could ever be.
FREE_UNLIMITED_TICKS: Final = 1 << 100


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


def limits_of(facts: AccountFacts) -> Limits | None:
    """Return the limits that come with an account's facts, None where there are none."""
    if not facts.has_limits():
        return None
    return Limits(
        facts.max_open_orders,
        facts.max_exposure_ticks,
        facts.loss_limit_ticks,
        facts.available_ticks + facts.exposure_ticks,
        facts.lost_ticks,
        facts.open_orders_elsewhere,
    )


class Account:
    """An account: what it has available, its limits, and its living orders.

    `available_ticks` is exact but for the positions that are `stale`; `free_ticks` is never more
    than what is exact, and below 0 where that must not be asked alone: the account `is_guarded`,
    because it is suspended or has limits (funds.py). `is_known` says that the money is known,
    `is_unlimited` that no order is refused for money.

    `orders` are its living orders by id, None until somebody asks for them (living.py).
    """

    __slots__ = (
        "account",
        "available_ticks",
        "free_ticks",
        "is_guarded",
        "is_known",
        "is_unlimited",
        "limits",
        "orders",
        "stale",
        "suspended",
    )

    def __init__(self, account: int, is_unlimited: bool) -> None:  # noqa: FBT001 -- a fact
        self.account: Final = account
        self.is_unlimited: Final = is_unlimited
        self.orders: dict[int, Order] | None = None
        self.stale: Final[list[Position]] = []
        self.available_ticks: int
        self.free_ticks: int
        self.limits: Limits | None
        self.suspended: bool
        self.is_guarded: bool
        self.is_known = False
        self.set_facts(0, None, suspended=False)

    def set_facts(self, available_ticks: int, limits: Limits | None, *, suspended: bool) -> None:
        """Replace all that is known but the orders."""
        self.available_ticks = available_ticks
        self.limits = limits
        self.suspended = suspended
        self.is_guarded = suspended or limits is not None
        self._reset_free()

    def credit(self, amount_ticks: int) -> None:
        """Add to what is available; below 0 takes from it."""
        self.available_ticks += amount_ticks
        if not self.is_guarded:
            self.free_ticks += amount_ticks

    def refresh(self) -> None:
        """Bring the exposures, and so what is available, up to date.

        Linear in the positions of the markets in which one changed since.
        """
        for position in self.stale:
            position.is_stale = False
            portfolio = position.portfolio
            if portfolio.is_stale:
                portfolio.is_stale = False
                exposure_ticks = portfolio.worst_loss_ticks()
                self.available_ticks -= exposure_ticks - portfolio.exposure_ticks
                portfolio.exposure_ticks = exposure_ticks
        self.stale.clear()
        self._reset_free()

    def forget_stale(self) -> None:
        """Let the exposures be as they were told last, which is what they are again."""
        for position in self.stale:
            position.is_stale = position.portfolio.is_stale = False
        self.stale.clear()

    def _reset_free(self) -> None:
        """Let all that is available be free, once it is exact."""
        if self.is_guarded:
            self.free_ticks = -1
        else:
            self.free_ticks = FREE_UNLIMITED_TICKS if self.is_unlimited else self.available_ticks


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
