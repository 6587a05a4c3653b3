"""What a batch's events mean for the tables: a pure fold, no database.

The engine says what happened; `fold` adds it up per order, position, market and account, so
that the writer writes each row once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from exchange.engine import commands, events
from exchange.engine.commands import Command
from exchange.engine.events import Event
from exchange.trading.models import OrderStatus

_REFUSALS: Final = (events.OrderRejected, events.CancelRejected, events.CommandRejected)
LevelKey = tuple[int, str, int]  # contract, side, price_ticks
_OrderEvent = (
    events.OrderAccepted | events.OrderRejected | events.OrderCancelled | events.OrderReduced
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A command and what the engine decided about it.

    `command_id` is None for what the owner itself found due (a scheduled close); `command` is
    None where the payload could not be read.
    """

    command_id: int | None
    user_id: int | None
    received_at_ms: int
    reply_to: str
    kind: str
    command: Command | None
    events: Sequence[Event]


@dataclass(slots=True, kw_only=True)
class OrderChange:
    """What the batch did to one order. Quantities are added; None leaves a column as it is."""

    account: int
    market: int
    contract: int
    placed: Judged | None = None
    filled: int = 0
    notional_ticks: int = 0
    cancelled: int = 0
    open_quantity: int = 0
    status: OrderStatus | None = None
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
    outcomes: list[tuple[Judged, str, int | None]] = field(default_factory=list)


def fold(batch: Iterable[Judged], prices: Mapping[int, tuple[str, int]]) -> Effects:
    """Add a batch's events up.

    `prices` gives (side, price_ticks) of every order that rested before the batch and is
    touched by it; orders placed in the batch are known from their commands.
    """
    folder = _Folder(dict(prices))
    for judged in batch:
        folder.add(judged)
    return folder.effects


class _Folder:
    def __init__(self, prices: dict[int, tuple[str, int]]) -> None:
        self.effects = Effects()
        self._prices = prices

    def add(self, judged: Judged) -> None:
        if isinstance(judged.command, commands.PlaceOrder):
            placed = judged.command
            assert placed.price_ticks is not None, "every order that is offered has a price"
            self._prices[placed.order] = (placed.side, placed.price_ticks)
        for event in judged.events:
            self._note_market(event)
            handler = _HANDLERS.get(type(event))
            if handler is not None:
                handler(self, judged, event)
        if not _made_an_order(judged):
            self.effects.outcomes.append(_outcome(judged))

    def _note_market(self, event: Event) -> None:
        if event.seq is not None and event.market is not None:
            change = self.effects.markets[event.market]
            change.seq = event.seq
            change.event_count += 1

    def _order(self, event: _OrderEvent) -> OrderChange:
        change = self.effects.orders.get(event.order)
        if change is None:
            assert event.market is not None, "an order row belongs to a market"
            change = OrderChange(
                account=event.account, market=event.market, contract=event.contract
            )
            self.effects.orders[event.order] = change
        change.market_seq = event.seq or change.market_seq
        self.effects.accounts.add(event.account)
        return change

    def _touch_level(self, order: int, contract: int) -> None:
        self.effects.levels.add((contract, *self._prices[order]))

    def accepted(self, judged: Judged, event: events.OrderAccepted) -> None:
        assert isinstance(judged.command, commands.PlaceOrder)
        change = self._order(event)
        change.placed = judged
        change.open_quantity = judged.command.quantity
        change.status = OrderStatus.NEW
        change.accepted_seq = event.seq
        self._touch_level(event.order, event.contract)

    def rejected(self, judged: Judged, event: events.OrderRejected) -> None:
        if event.market is None:
            return
        assert isinstance(judged.command, commands.PlaceOrder)
        change = self._order(event)
        change.placed = judged
        change.cancelled = judged.command.quantity
        change.status = OrderStatus.REJECTED
        change.reason = str(event.reason)

    def cancelled(self, _: Judged, event: events.OrderCancelled) -> None:
        change = self._order(event)
        change.cancelled += event.quantity
        change.open_quantity = 0
        change.status = OrderStatus.CANCELLED
        change.reason = str(event.reason)
        self._touch_level(event.order, event.contract)

    def reduced(self, _: Judged, event: events.OrderReduced) -> None:
        change = self._order(event)
        change.cancelled += event.by
        change.open_quantity = event.open_quantity
        self._touch_level(event.order, event.contract)

    def traded(self, _: Judged, event: events.TradeExecuted) -> None:
        self.effects.trades.append(event)
        assert event.maker_order is not None, "crosses are not offered"
        assert event.taker_order is not None, "crosses are not offered"
        self._fill(event, event.maker_order, event.maker_account, event.maker_open_quantity)
        self._fill(event, event.taker_order, event.taker_account, event.taker_open_quantity)
        self.effects.levels.add((event.contract, event.maker_side, event.price_ticks))
        maker_buys = event.maker_side == "buy"
        buyer = event.maker_account if maker_buys else event.taker_account
        seller = event.taker_account if maker_buys else event.maker_account
        self._move(event, buyer, event.quantity)
        self._move(event, seller, -event.quantity)
        self.effects.last_prices[event.contract] = event.price_ticks
        market = self.effects.markets[event.market]
        market.volume += event.quantity
        market.trade_count += 1

    def _fill(
        self, event: events.TradeExecuted, order: int, account: int, open_quantity: int
    ) -> None:
        change = self.effects.orders.get(order)
        if change is None:
            change = OrderChange(account=account, market=event.market, contract=event.contract)
            self.effects.orders[order] = change
        change.filled += event.quantity
        change.notional_ticks += event.quantity * event.price_ticks
        change.open_quantity = open_quantity
        change.status = OrderStatus.PARTIALLY_FILLED if open_quantity else OrderStatus.FILLED
        change.market_seq = event.seq
        self.effects.accounts.add(account)

    def _move(self, event: events.TradeExecuted, account: int, quantity: int) -> None:
        key = (account, event.market, event.contract)
        held, cash_ticks = self.effects.positions.get(key, (0, 0))
        self.effects.positions[key] = (
            held + quantity,
            cash_ticks - quantity * event.price_ticks,
        )

    def settled_account(self, _: Judged, event: events.AccountSettled) -> None:
        self.effects.settled.append(event)
        self.effects.accounts.add(event.account)

    def opened(self, _: Judged, event: events.MarketOpened) -> None:
        self.effects.markets[event.market].status = "open"

    def resumed(self, _: Judged, event: events.MarketResumed) -> None:
        self.effects.markets[event.market].status = "open"

    def halted(self, _: Judged, event: events.MarketHalted) -> None:
        self.effects.markets[event.market].status = "halted"

    def closed(self, _: Judged, event: events.MarketClosed) -> None:
        self.effects.markets[event.market].status = "closed"

    def settled(self, _: Judged, event: events.MarketSettled) -> None:
        change = self.effects.markets[event.market]
        change.status = "settled"
        change.winner = event.winner

    def voided(self, _: Judged, event: events.MarketVoided) -> None:
        self.effects.markets[event.market].status = "voided"


_HANDLERS: Final[Mapping[type[Event], Callable[[_Folder, Judged, Any], None]]] = {
    events.OrderAccepted: _Folder.accepted,
    events.OrderRejected: _Folder.rejected,
    events.OrderCancelled: _Folder.cancelled,
    events.OrderReduced: _Folder.reduced,
    events.TradeExecuted: _Folder.traded,
    events.AccountSettled: _Folder.settled_account,
    events.MarketOpened: _Folder.opened,
    events.MarketHalted: _Folder.halted,
    events.MarketResumed: _Folder.resumed,
    events.MarketClosed: _Folder.closed,
    events.MarketSettled: _Folder.settled,
    events.MarketVoided: _Folder.voided,
}


def _made_an_order(judged: Judged) -> bool:
    """Whether an order row tells what became of the command."""
    first = judged.events[0] if judged.events else None
    accepted = isinstance(first, events.OrderAccepted)
    return accepted or (isinstance(first, events.OrderRejected) and first.market is not None)


def _outcome(judged: Judged) -> tuple[Judged, str, int | None]:
    """Return a command's reason ("" when done) and the last seq it led to."""
    reason, seq = "", None
    for event in judged.events:
        seq = event.seq or seq
        if isinstance(event, _REFUSALS):
            reason = str(event.reason)
    return judged, reason, seq
