"""What a batch's events mean for the tables: a pure fold, no database.

The engine says what happened; a `Folder` adds it up per order, position, market and account, so
that the writer writes each row once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from exchange.engine import RestingOrder, commands, events
from exchange.engine.events import Event
from exchange.trading.effects import CommandOutcome, Effects, Judged, OrderChange
from exchange.trading.models import OrderStatus
from exchange.trading.taking import Entry

_REFUSALS: Final = (events.OrderRejected, events.CancelRejected, events.CommandRejected)
# Texts of columns: words that are written by the thousand need no look at their class.
_NEW, _PARTLY, _FILLED = (
    OrderStatus.NEW.value, OrderStatus.PARTIALLY_FILLED.value, OrderStatus.FILLED.value,
)  # fmt: skip
_NOTHING: Final = (0, 0)
# Why an order was cancelled that another was put in the place of.
REPLACED: Final = "replaced"
_MAKING: Final = (events.OrderAccepted, events.OrderReplaced)
# An order that lived when it was cancelled, reduced, replaced or triggered (Engine.touched_order).
Find = Callable[[int], RestingOrder | None]
_OrderEvent = (
    events.OrderRejected
    | events.OrderCancelled
    | events.OrderExpired
    | events.OrderReduced
    | events.OrderReplaced
    | events.OrderTriggered
)


class Folder:
    """Adds a batch's events up, command by command, in `effects`.

    `find` gives the orders whose events do not say enough; it is asked right after each command.
    """

    def __init__(self, find: Find) -> None:
        self.effects = Effects()
        self._find = find

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
            # Its answer is a step of the account's own, also where the book refused it.
            if entry.account_id is not None:
                self.effects.accounts.add(entry.account_id)

    def _order(self, event: _OrderEvent) -> OrderChange:
        change = self.effects.orders.get(event.order)
        if change is None:
            assert event.market is not None, "an order row belongs to a market"
            change = OrderChange(event.account, event.market, event.contract)
            self.effects.orders[event.order] = change
            self.effects.accounts.add(event.account)
        change.market_seq = event.seq or change.market_seq
        return change

    def _touch_level(self, change: OrderChange, event: _OrderEvent) -> None:
        """Note that the level of an order is not what it was; a stop that waits is in none."""
        placed = None if change.placed is None else change.placed.command
        if change.is_waiting:
            return
        if type(placed) is commands.PlaceOrder:
            assert placed.price_ticks is not None, "every order that is offered has a price"
            self.effects.levels.add((event.contract, placed.side, placed.price_ticks))
        elif type(placed) is commands.ReplaceOrder:
            assert change.replaced is not None, "it stands in the place of another"
            self.effects.levels.add((event.contract, change.replaced.side, placed.price_ticks))
        elif not (order := self._living(event.order)).terms.waits:
            self.effects.levels.add((event.contract, order.side, order.price_ticks))

    def _living(self, order: int) -> RestingOrder:
        found = self._find(order)
        assert found is not None, "only an order that lived can be touched"
        return found

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
        if command.terms.is_plain:
            effects.levels.add((event.contract, command.side, command.price_ticks))
        else:
            self._accepted_rarely(event.order, command)

    def _accepted_rarely(self, order: int, command: commands.PlaceOrder) -> None:
        """Note what is so of an order with rarer terms: what never rests shows in no level."""
        assert command.price_ticks is not None, "every order that is offered has a price"
        terms = command.terms
        if terms.waits:
            self.effects.orders[order].is_waiting = True
        elif terms.may_rest:
            self.effects.levels.add((command.contract, command.side, command.price_ticks))

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

    def expired(self, _: Entry, event: events.OrderExpired) -> None:
        change = self._order(event)
        change.expired += event.quantity
        change.open_quantity = 0
        change.status = OrderStatus.EXPIRED.value
        self._touch_level(change, event)

    def triggered(self, _: Entry, event: events.OrderTriggered) -> None:
        change = self._order(event)
        if change.placed is None:
            # What is open is not said; the fills and cancels that follow say what is left.
            change.open_quantity = self._living(event.order).open_quantity
        change.is_waiting = False
        change.accepted_seq = event.seq
        self._touch_level(change, event)

    def replaced(self, entry: Entry, event: events.OrderReplaced) -> None:
        # Where it kept its place, what lives on has its successor's number already.
        old = replace(self._living(event.order), order=event.order)
        change = self._order(event)
        change.cancelled += event.cancelled_quantity
        change.open_quantity = 0
        change.status = OrderStatus.CANCELLED.value
        change.reason = REPLACED
        self._touch_level(change, event)
        new = OrderChange(
            event.account, event.market, event.contract,
            entry, 0, 0, 0, event.quantity, _NEW, None,
            old.seq if event.kept_place else event.seq, event.seq,
        )  # fmt: skip
        new.replaced, new.is_waiting = old, old.terms.waits
        self.effects.orders[event.new_order] = new
        self._touch_level(new, event)

    def reduced(self, _: Entry, event: events.OrderReduced) -> None:
        change = self._order(event)
        change.cancelled += event.by
        change.open_quantity = event.open_quantity
        self._touch_level(change, event)

    def traded(self, _: Entry, event: events.TradeExecuted) -> None:
        effects, quantity, price_ticks = self.effects, event.quantity, event.price_ticks
        effects.trades.append(event)
        maker_order, taker_order = event.maker_order, event.taker_order
        if maker_order is not None and taker_order is not None:
            self._fill(event, maker_order, event.maker_account, event.maker_open_quantity)
            self._fill(event, taker_order, event.taker_account, event.taker_open_quantity)
            effects.levels.add((event.contract, event.maker_side, price_ticks))
            effects.last_prices[event.contract] = price_ticks
        else:  # a cross: agreed beside the book, whose levels and last price it leaves alone
            effects.accounts.update((event.maker_account, event.taker_account))
        bought = quantity if event.maker_side == "buy" else -quantity
        self._move(event, event.maker_account, bought)
        self._move(event, event.taker_account, -bought)
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
    events.OrderExpired: Folder.expired,
    events.OrderTriggered: Folder.triggered,
    events.OrderReplaced: Folder.replaced,
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
    return type(first) in _MAKING or (
        type(first) is events.OrderRejected and first.market is not None
    )


def _outcome(entry: Entry, decided: Sequence[Event]) -> CommandOutcome:
    reason, seq = "", None
    for event in decided:
        seq = event.seq or seq
        if isinstance(event, _REFUSALS):
            reason = str(event.reason)
    if type(entry.command) is not commands.CancelAll:
        return CommandOutcome(entry, reason, seq)
    ended = [event.order for event in decided if type(event) is events.OrderCancelled]
    return CommandOutcome(entry, reason, seq, ended)
