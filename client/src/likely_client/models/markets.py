"""What the exchange tells everybody."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Literal, NamedTuple

from likely_client.errors import UnknownOutcomeError

Side = Literal["buy", "sell"]


class Level(NamedTuple):
    """The whole open quantity at one price."""

    price: Decimal
    quantity: int


class Depth(NamedTuple):
    """Some levels of each side, best first."""

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One outcome that is traded: it pays 1 if that comes true."""

    id: str
    name: str
    last_price: Decimal | None = None
    bid: Decimal | None = None
    ask: Decimal | None = None
    mid: Decimal | None = None
    spread: Decimal | None = None
    volume_24h: int = 0
    move_24h: Decimal | None = None
    open_interest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A question with its outcomes."""

    id: str
    slug: str
    title: str
    event: str
    event_title: str
    category: str
    rules: str
    status: str
    tick_size: Decimal
    has_other: bool
    seq: int
    volume: int
    trade_count: int
    contracts: tuple[Contract, ...]
    created_at: datetime
    closes_at: datetime | None = None
    settled_at: datetime | None = None
    winner: str | None = None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The names of what can be bought."""
        names = tuple(contract.name for contract in self.contracts)
        return (*names, "No") if self.is_binary else names

    @property
    def is_binary(self) -> bool:
        """Whether it has one contract: No is then the other side of its book."""
        return len(self.contracts) == 1

    def contract(self, outcome: str | None = None) -> Contract:
        """Return the contract of an outcome, by name in any case or by id.

        None is enough where there is only one. Raises UnknownOutcomeError.
        """
        if outcome is None and self.is_binary:
            return self.contracts[0]
        wanted = (outcome or "").casefold()
        for contract in self.contracts:
            if contract.name.casefold() == wanted:
                return contract
        for contract in self.contracts:
            if contract.id == outcome:
                return contract
        raise UnknownOutcomeError(outcome or "", self.outcomes)

    def on_tick(self, price: Decimal, *, side: Side) -> Decimal:
        """Return the nearest price that the market takes, no better for others than `price`.

        Down for who buys, up for who sells; between one tick and 1 less a tick.
        """
        rounding = ROUND_FLOOR if side == "buy" else ROUND_CEILING
        steps = (price / self.tick_size).to_integral_value(rounding)
        return min(max(steps * self.tick_size, self.tick_size), 1 - self.tick_size)

    def name_of(self, contract_id: str) -> str:
        """Return a contract's name, its id where it is not this market's."""
        return next((one.name for one in self.contracts if one.id == contract_id), contract_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMarket:
    """A market as its event lists it."""

    id: str
    slug: str
    title: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that markets are about."""

    id: str
    slug: str
    title: str
    category: str
    created_at: datetime
    starts_at: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    markets: tuple[EventMarket, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that a search found."""

    kind: str
    title: str
    url: str
    id: str = ""
    subtitle: str = ""
    slug: str | None = None
    status: str | None = None
    outcome: str | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A trade as everybody sees it; `side` is the taker's."""

    id: str
    kind: str
    contract: str
    side: Side
    price: Decimal
    quantity: int
    market_seq: int
    executed_at: datetime
    contract_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """What was traded in one window of time."""

    contract: str
    interval: str
    start: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int
    trades: int
    mean: Decimal | None = None
    vwap: Decimal | None = None
