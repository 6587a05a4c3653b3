"""What the exchange tells a member of what is theirs."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from likely_client.models.markets import Side

FINAL = frozenset({"filled", "cancelled", "expired", "rejected", "voided"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One side of a trade of yours."""

    id: str
    order: str | None
    market: str
    contract: str
    contract_name: str
    side: Side
    kind: str
    liquidity: str
    price: Decimal
    quantity: int
    market_seq: int
    executed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order of yours. quantity = filled + open + cancelled + expired + voided, always.

    `fills` are there in the answer of whoever placed or changed it; in lists they are empty.
    """

    id: str
    status: str
    market: str
    contract: str
    contract_name: str
    side: Side
    type: str
    price: Decimal | None
    quantity: int
    filled_quantity: int
    open_quantity: int
    cancelled_quantity: int
    expired_quantity: int
    time_in_force: str
    received_at: datetime
    voided_quantity: int = 0
    average_price: Decimal | None = None
    client_order_id: str | None = None
    reason: str | None = None
    journaled_at: datetime | None = None
    updated_at: datetime | None = None
    market_seq: int | None = None
    account_seq: int | None = None
    stop_price: Decimal | None = None
    is_waiting: bool = False
    post_only: bool = False
    reduce_only: bool = False
    min_quantity: int | None = None
    max_cost: Decimal | None = None
    expires_at: datetime | None = None
    on_halt: str = "keep"
    stp: str | None = None
    group: str | None = None
    replaces: str | None = None
    fills: tuple[Fill, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something of it may still be filled."""
        return self.open_quantity > 0 and self.status not in FINAL

    @property
    def cost(self) -> Decimal:
        """What its `fills` came to: price times quantity."""
        return sum((fill.price * fill.quantity for fill in self.fills), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePosition:
    """What would be matched before an open order of yours."""

    id: str
    open_quantity: int
    ahead_quantity: int
    ahead_orders: int
    ahead_at_price_quantity: int
    market_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What would be matched before one of your orders in a market."""

    id: str
    ahead_quantity: int
    ahead_orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """What would be matched before each of your orders in a market, as of `market_seq`."""

    queues: list[Ahead]
    market_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What you hold of a contract; below 0: sold more than bought.

    `cash` is what you paid (minus) or got for it.
    """

    market: str
    contract: str
    contract_name: str
    quantity: int
    cash: Decimal
    market_title: str = ""
    last_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Your money: available = balance - exposure."""

    balance: Decimal
    exposure: Decimal
    available: Decimal
    account_seq: int | None = None
    is_suspended: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A movement of your money."""

    id: str
    kind: str
    amount: Decimal
    reference: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an order would do by the book as it is."""

    cost: Decimal
    available: Decimal
    affordable: bool
    payout: Decimal
    profit: Decimal
    fee: Decimal
    queue_ahead: int
    fills_now_quantity: int
    expected_cost: Decimal
    worst_outcome_after: str
    worst_after: Decimal
    explanation: str
    average_fill_price: Decimal | None = None
    crosses_own_order: bool = False
    rests_quantity: int = 0
