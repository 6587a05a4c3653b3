"""What the engine tells and is told from outside: frozen copies, never its own objects."""

from dataclasses import dataclass

from exchange.engine.enums import Side


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the ledger knows of an account as a batch begins: balance - all exposures, in ticks."""

    available_ticks: int
    suspended: bool = False


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
    """An order in a book. `seq` of its OrderAccepted is its time priority."""

    order: int
    account: int
    contract: int
    side: Side
    price_ticks: int
    quantity: int
    open_quantity: int
    seq: int
