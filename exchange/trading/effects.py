"""What a batch does to the tables, added up by row: plain data."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from exchange.engine import RestingOrder, events
from exchange.engine.events import Event
from exchange.trading.taking import Entry

LevelKey = tuple[int, str, int]  # contract, side, price_ticks


class Judged(NamedTuple):
    """A command that was taken, and what the engine decided about it."""

    entry: Entry
    events: Sequence[Event]


class CommandOutcome(NamedTuple):
    """What a command came to that made no order: why not ("" when done), and its last seq.

    `cancelled` are the orders that a CancelAll ended. Their rows do not say by which command they
    were, and one batch may have several of the same account.
    """

    entry: Entry
    reason: str
    market_seq: int | None
    cancelled: Sequence[int] = ()


@dataclass(slots=True)
class OrderChange:
    """What the batch did to one order. Quantities are added; None leaves a column as it is.

    `placed` is the command that made the order, None for one that lived before the batch;
    `replaced` the order in whose place it put it, if there was one. `is_waiting`: it is a stop
    that has not been triggered.
    """

    account: int
    market: int
    contract: int
    placed: Entry | None = None
    filled: int = 0
    notional_ticks: int = 0
    cancelled: int = 0
    open_quantity: int = 0
    status: str | None = None
    reason: str | None = None
    accepted_seq: int | None = None
    market_seq: int = 0
    expired: int = 0
    is_waiting: bool | None = None
    replaced: RestingOrder | None = None


@dataclass(slots=True, kw_only=True)
class MarketChange:
    """What the batch did to one market. `event_count` seqs were given, the last is `seq`."""

    seq: int = 0
    event_count: int = 0
    status: str | None = None
    winner: int | None = None
    volume: int = 0
    trade_count: int = 0


@dataclass(slots=True)
class Effects:
    """Everything the batch changes, by row. Money and positions in ticks and contracts."""

    orders: dict[int, OrderChange] = field(default_factory=dict)
    trades: list[events.TradeExecuted] = field(default_factory=list)
    positions: dict[tuple[int, int, int], tuple[int, int]] = field(default_factory=dict)
    markets: dict[int, MarketChange] = field(default_factory=lambda: defaultdict(MarketChange))
    last_prices: dict[int, int] = field(default_factory=dict)
    settled: list[events.AccountSettled] = field(default_factory=list)
    levels: set[LevelKey] = field(default_factory=set)
    accounts: set[int] = field(default_factory=set)
    outcomes: list[CommandOutcome] = field(default_factory=list)
