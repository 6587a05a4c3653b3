"""What a batch's events mean for the tables: a pure fold, no database.

The engine says what happened; a `Folder` adds it up per order, position, market and account, so
that the writer writes each row once.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from exchange.engine import commands, events
from exchange.engine.events import Event
from exchange.trading.models import OrderStatus
from exchange.trading.taking import Entry

_REFUSALS: Final = (events.OrderRejected, events.CancelRejected, events.CommandRejected)
# Texts of columns: words that are written by the thousand need no look at their class.
_NEW, _PARTLY, _FILLED = (
    OrderStatus.NEW.value, OrderStatus.PARTIALLY_FILLED.value, OrderStatus.FILLED.value,
)  # fmt: skip
_NOTHING: Final = (0, 0)
LevelKey = tuple[int, str, int]  # contract, side, price_ticks
Prices = dict[int, tuple[str, int]]  # order -> side, price_ticks
_OrderEvent = (
    events.OrderAccepted | events.OrderRejected | events.OrderCancelled | events.OrderReduced
)

_LeavingEvent = events.OrderCancelled | events.OrderReduced


class Judged(NamedTuple):
    """A command that was taken, and what the engine decided about it."""

    entry: Entry
    events: Sequence[Event]


@dataclass(slots=True)
class OrderChange:
    """What the batch did to one order. Quantities are added; None leaves a column as it is.

    `placed` is the command that made the order, None for one that rested before the batch.
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
    outcomes: list[tuple[Entry, str, int | None]] = field(default_factory=list)


class Folder:
    """Adds a batch's events up, command by command, in `effects`.

    `prices` gives (side, price_ticks) of every order that rested before the batch and is
    touched by it; orders placed in the batch are known from their commands.
    """

    def __init__(self, prices: Prices) -> None:
        self.effects = Effects()
        self._prices = prices

    def add(self, judged: Judged) -> None:
        """Add what one command led to."""
        entry, decided = judged
        markets, handlers = self.effects.markets, _HANDLERS
        for event in decided:
            if event.seq is not None and event.market is not None:
                change = markets[event.market]
                change.seq = event.seq
                change.event_count += 1
            handler = handlers.get(type(event))
            if handler is not None:
                handler(self, entry, event)
        if not _made_an_order(decided):
            self.effects.outcomes.append(_outcome(entry, decided))

    def _order(self, event: _OrderEvent) -> OrderChange:
        change = self.effects.orders.get(event.order)
        if change is None:
            assert event.market is not None, "an order row belongs to a market"
            change = OrderChange(event.account, event.market, event.contract)
            self.effects.orders[event.order] = change
            self.effects.accounts.add(event.account)
        change.market_seq = event.seq or change.market_seq
        return change

    def _touch_level(self, change: OrderChange, event: _LeavingEvent) -> None:
        placed = None if change.placed is None else change.placed.command
        if type(placed) is commands.PlaceOrder:
            assert placed.price_ticks is not None, "every order that is offered has a price"
            self.effects.levels.add((event.contract, placed.side, placed.price_ticks))
        else:
            self.effects.levels.add((event.contract, *self._prices[event.order]))

    def accepted(self, entry: Entry, event: events.OrderAccepted) -> None:
        command, effects, seq = entry.command, self.effects, event.seq
        assert type(command) is commands.PlaceOrder
        assert command.price_ticks is not None, "every order that is offered has a price"
        # By position: a busy book makes one of these for nearly every command.
        effects.orders[event.order] = OrderChange(
            event.account, event.market, event.contract,
            entry, 0, 0, 0, command.quantity, _NEW, None, seq, seq,
        )  # fmt: skip
        effects.accounts.add(event.account)
        effects.levels.add((event.contract, command.side, command.price_ticks))

    def rejected(self, entry: Entry, event: events.OrderRejected) -> None:
        if event.market is None:
            return
        assert type(entry.command) is commands.PlaceOrder
        change = self._order(event)
        change.placed = entry
        change.cancelled = entry.command.quantity
        change.status = OrderStatus.REJECTED.value
        change.reason = str(event.reason)

    def cancelled(self, _: Entry, event: events.OrderCancelled) -> None:
        change = self._order(event)
        change.cancelled += event.quantity
        change.open_quantity = 0
        change.status = OrderStatus.CANCELLED.value
        change.reason = str(event.reason)
        self._touch_level(change, event)

    def reduced(self, _: Entry, event: events.OrderReduced) -> None:
        change = self._order(event)
        change.cancelled += event.by
        change.open_quantity = event.open_quantity
        self._touch_level(change, event)

    def traded(self, _: Entry, event: events.TradeExecuted) -> None:
        effects, quantity, price_ticks = self.effects, event.quantity, event.price_ticks
        effects.trades.append(event)
        assert event.maker_order is not None, "crosses are not offered"
        assert event.taker_order is not None, "crosses are not offered"
        self._fill(event, event.maker_order, event.maker_account, event.maker_open_quantity)
        self._fill(event, event.taker_order, event.taker_account, event.taker_open_quantity)
        effects.levels.add((event.contract, event.maker_side, price_ticks))
        bought = quantity if event.maker_side == "buy" else -quantity
        self._move(event, event.maker_account, bought)
        self._move(event, event.taker_account, -bought)
        effects.last_prices[event.contract] = price_ticks
        market = effects.markets[event.market]
        market.volume += quantity
        market.trade_count += 1

    def _fill(
        self, event: events.TradeExecuted, order: int, account: int, open_quantity: int
    ) -> None:
        change = self.effects.orders.get(order)
        if change is None:
            change = OrderChange(account, event.market, event.contract)
            self.effects.orders[order] = change
            self.effects.accounts.add(account)
        quantity = event.quantity
        change.filled += quantity
        change.notional_ticks += quantity * event.price_ticks
        change.open_quantity = open_quantity
        change.status = _PARTLY if open_quantity else _FILLED
        change.market_seq = event.seq

    def _move(self, event: events.TradeExecuted, account: int, quantity: int) -> None:
        positions = self.effects.positions
        key = (account, event.market, event.contract)
        held, cash_ticks = positions.get(key, _NOTHING)
        positions[key] = (held + quantity, cash_ticks - quantity * event.price_ticks)

    def settled_account(self, _: Entry, event: events.AccountSettled) -> None:
        self.effects.settled.append(event)
        self.effects.accounts.add(event.account)

    def opened(self, _: Entry, event: events.MarketOpened) -> None:
        self.effects.markets[event.market].status = "open"

    def resumed(self, _: Entry, event: events.MarketResumed) -> None:
        self.effects.markets[event.market].status = "open"

    def halted(self, _: Entry, event: events.MarketHalted) -> None:
        self.effects.markets[event.market].status = "halted"

    def closed(self, _: Entry, event: events.MarketClosed) -> None:
        self.effects.markets[event.market].status = "closed"

    def settled(self, _: Entry, event: events.MarketSettled) -> None:
        change = self.effects.markets[event.market]
        change.status = "settled"
        change.winner = event.winner

    def voided(self, _: Entry, event: events.MarketVoided) -> None:
        self.effects.markets[event.market].status = "voided"


_HANDLERS: Final[Mapping[type[Any], Callable[[Folder, Entry, Any], None]]] = {
    events.OrderAccepted: Folder.accepted,
    events.OrderRejected: Folder.rejected,
    events.OrderCancelled: Folder.cancelled,
    events.OrderReduced: Folder.reduced,
    events.TradeExecuted: Folder.traded,
    events.AccountSettled: Folder.settled_account,
    events.MarketOpened: Folder.opened,
    events.MarketHalted: Folder.halted,
    events.MarketResumed: Folder.resumed,
    events.MarketClosed: Folder.closed,
    events.MarketSettled: Folder.settled,
    events.MarketVoided: Folder.voided,
}


def _made_an_order(decided: Sequence[Event]) -> bool:
    """Whether an order row tells what became of the command."""
    first = decided[0] if decided else None
    return type(first) is events.OrderAccepted or (
        type(first) is events.OrderRejected and first.market is not None
    )


def _outcome(entry: Entry, decided: Sequence[Event]) -> tuple[Entry, str, int | None]:
    """Return a command's reason ("" when done) and the last seq it led to."""
    reason, seq = "", None
    for event in decided:
        seq = event.seq or seq
        if isinstance(event, _REFUSALS):
            reason = str(event.reason)
    return entry, reason, seq
