"""What the engine tells and is told from outside: frozen copies, never its own objects."""

from dataclasses import dataclass

from exchange.engine.enums import Side
from exchange.engine.terms import Terms


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the ledger knows of an account as a batch begins, in ticks.

    `available_ticks` is balance - all exposures, `exposure_ticks` those exposures. The limits are
    those of docs/engine.md; `open_orders_elsewhere` are live orders that this engine does not
    know, `lost_ticks` what the loss limit counts already.
    """

    available_ticks: int
    suspended: bool = False
    max_open_orders: int | None = None
    max_exposure_ticks: int | None = None
    loss_limit_ticks: int | None = None
    exposure_ticks: int = 0
    lost_ticks: int = 0
    open_orders_elsewhere: int = 0

    def has_limits(self) -> bool:
        """Whether any limit is set."""
        limits = (self.max_open_orders, self.max_exposure_ticks, self.loss_limit_ticks)
        return limits != (None, None, None)


@dataclass(frozen=True, slots=True)
class Depth:
    """Open quantity by price: (price_ticks, quantity) in each element, best first."""

    bids: list[tuple[int, int]]
    asks: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Holding:
    """Net cash and net quantities from trades; quantities in the order of the contracts."""

    cash_ticks: int
    quantities: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RestingOrder:
    """A live order. `seq` of its OrderAccepted (or what moved it since) is its time priority."""

    order: int
    account: int
    contract: int
    side: Side
    price_ticks: int
    quantity: int
    open_quantity: int
    seq: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an order would do to its account, had it been placed now.

    Worths are W of docs/engine.md by outcome, in the order of the market's contracts, the outcome
    without a book last: what the account ends with if that outcome wins, at worst. The exposure is
    what is lost in the worst of them, `worst_outcome` its contract, None for the one without.
    """

    worths_before_ticks: tuple[int, ...]
    worths_after_ticks: tuple[int, ...]
    exposure_before_ticks: int
    exposure_after_ticks: int
    worst_outcome_before: int | None
    worst_outcome_after: int | None
    available_ticks: int
