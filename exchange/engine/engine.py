"""The engine: commands in, events out. The one class that the rest of the exchange uses.

It has no clock, no randomness, no I/O and no ids of its own but trade numbers: the same commands
judged by the same facts give the same events and the same digest on any machine.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from exchange.engine import (
    amending,
    commands,
    explaining,
    funds,
    groups,
    invariants,
    lifecycle,
    limits,
    off_book,
    replacing,
    snapshot,
    timing,
)
from exchange.engine.amending import cancel_order
from exchange.engine.book import Order
from exchange.engine.commands import CancelOrder, Command, PlaceOrder, Tick
from exchange.engine.digest import digest
from exchange.engine.enums import MarketStatus, RejectReason, Side
from exchange.engine.events import CommandRejected, Event
from exchange.engine.grid import Grid
from exchange.engine.market import Market
from exchange.engine.placing import place_order
from exchange.engine.state import State
from exchange.engine.terms import PLAIN, Terms
from exchange.engine.views import AccountFacts, Depth, Explanation, Holding, RestingOrder


def _tick(state: State, command: Tick) -> list[Event]:
    """All that is due has happened when the command is looked at."""
    if command.valid_until is not None and command.valid_until < state.time_ms:
        return [CommandRejected(None, None, "Tick", RejectReason.TOO_LATE)]
    return []


_handlers: Final[Mapping[type[Any], Callable[[State, Any], list[Event]]]] = {
    commands.PlaceOrder: place_order,
    commands.CancelOrder: cancel_order,
    commands.ReduceOrder: amending.reduce_order,
    commands.ReplaceOrder: replacing.replace_order,
    commands.CancelAll: amending.cancel_all,
    commands.OpenMarket: lifecycle.open_market,
    commands.HaltMarket: lifecycle.halt_market,
    commands.ResumeMarket: lifecycle.resume_market,
    commands.CloseMarket: lifecycle.close_market,
    commands.SettleMarket: lifecycle.settle_market,
    commands.VoidMarket: lifecycle.void_market,
    commands.VoidTrade: off_book.void_trade,
    commands.CrossTrade: off_book.cross_trade,
    commands.Fund: limits.fund,
    commands.SetLimits: limits.set_limits,
    commands.SetGroup: groups.set_group,
    commands.Tick: _tick,
}


class Engine:
    """A matching engine for any number of markets.

    `payout_ticks` is what a contract pays in markets that do not say it themselves. With
    `unlimited_funds` no order is refused for money. `next_trade` is the id of the first trade.
    Memory is in proportion to living orders, positions in live markets, and markets; with
    `keeps_trades`, without which no trade can be voided, also to the trades of live markets.
    """

    __slots__ = ("_state",)

    def __init__(
        self,
        payout_ticks: int = 10_000,
        unlimited_funds: bool = False,  # noqa: FBT001, FBT002 -- a name that all callers give
        next_trade: int = 1,
        keeps_trades: bool = False,  # noqa: FBT001, FBT002 -- a name that all callers give
    ) -> None:
        assert payout_ticks >= lifecycle.PAYOUT_TICKS_MIN
        self._state = State(
            payout_ticks=payout_ticks,
            unlimited_funds=unlimited_funds,
            next_trade=next_trade,
            keeps_trades=keeps_trades,
        )

    def apply(self, command: Command) -> list[Event]:
        """Carry a command out and return what happened, in order; first what was due by its time.

        Total: a mistake of the sender gives a reject event, never an exception.
        """
        state = self._state
        time_ms = command.time
        if time_ms is None or time_ms <= state.time_ms:
            # Nine commands in ten are one of these, and a call by name is the faster one.
            if type(command) is PlaceOrder:
                return place_order(state, command)
            if type(command) is CancelOrder:
                return cancel_order(state, command)
            return _handlers[type(command)](state, command)
        events = timing.advance(state, time_ms)
        events.extend(_handlers[type(command)](state, command))
        return events

    def explain(self, command: PlaceOrder) -> Explanation:
        """Return what an order would do to its account's worst outcome; changes nothing.

        As if it rested in full, whether or not it would be accepted. Raises KeyError for an
        unknown contract or a market that is over. Linear in the outcomes.
        """
        return explaining.explain(self._state, command)

    # Batches

    def begin(self, facts: Mapping[int, AccountFacts]) -> None:
        """Start a batch: replace the known funds by facts and turn the undo log on.

        An account that is not in facts has 0 available.
        """
        self._state.begin(facts)

    def commit(self) -> None:
        """End the batch and forget how to undo it. The known funds stay. O(1)."""
        self._state.commit()

    def rollback(self) -> None:
        """End the batch and restore exactly the state before `begin`, funds included.

        Linear in what the batch changed.
        """
        self._state.roll_back()

    def touched(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return (account, market) -> exposure in ticks before the batch and now.

        Holds every account whose cash, quantities or held money in the market differ from before
        `begin`, even where the exposure does not. Empty outside a batch.
        """
        undo = self._state.undo
        return {} if undo is None else undo.exposures()

    def touched_order(self, order: int) -> RestingOrder | None:
        """Return a living order that the batch took out, shrank, replaced or triggered.

        It is shown as it is now, or was last. None for one that only traded, or was not touched.
        """
        undo = self._state.undo
        found = None if undo is None else undo.touched.get(order)
        return None if found is None else _view(found)

    # Time

    def advance(self, time_ms: int) -> list[Event]:
        """Let time pass, as any command with this time does first, and return what was due."""
        return timing.advance(self._state, time_ms) if time_ms > self._state.time_ms else []

    @property
    def next_due_ms(self) -> int | None:
        """When the next order expires or the next auction ends; None: nothing is due ever."""
        due = self._state.due
        return due[0][0] if due else None

    # Reading

    @property
    def next_trade(self) -> int:
        """The id that the next trade will get."""
        return self._state.next_trade

    def depth(self, contract: int, levels: int | None = None) -> Depth:
        """Return open quantity by price, best first; at most `levels` a side. Raises KeyError."""
        book = self._state.market_of[contract].books.get(contract)
        if book is None:
            return Depth([], [])
        return Depth(book.bids.depth(levels), book.asks.depth(levels))

    def has_market(self, market: int) -> bool:
        """Whether the market was ever opened here, settled and voided ones included."""
        return market in self._state.markets

    def market_of(self, contract: int) -> int | None:
        """Return the market of a contract, None for an unknown one."""
        market = self._state.market_of.get(contract)
        return None if market is None else market.market

    def contracts_of(self, market: int) -> tuple[int, ...]:
        """Return the market's contracts in their order. Raises KeyError for an unknown one."""
        return self._state.markets[market].contracts

    def market_status(self, market: int) -> MarketStatus:
        """Return where the market stands. Raises KeyError for an unknown one."""
        return self._state.markets[market].status

    def market_seq(self, market: int) -> int:
        """Return the seq of the market's last event. Raises KeyError for an unknown one."""
        return self._state.markets[market].seq

    def open_orders(self, contract: int) -> Iterator[RestingOrder]:
        """Iterate over bids, then asks, each in price/time priority. Raises KeyError.

        The book must not change meanwhile.
        """
        book = self._state.market_of[contract].books.get(contract)
        return iter(()) if book is None else map(_view, book.resting())

    def waiting_orders(self, contract: int) -> Iterator[RestingOrder]:
        """Iterate over the stops that wait for the last price, the oldest first. Raises KeyError.

        They must not change meanwhile.
        """
        book = self._state.market_of[contract].books.get(contract)
        return iter(()) if book is None else map(_view, book.stops.by_seq())

    def last_price_ticks(self, contract: int) -> int | None:
        """Return the price of the contract's last book or auction trade. Raises KeyError."""
        book = self._state.market_of[contract].books.get(contract)
        return None if book is None else book.last_price_ticks

    @property
    def time_ms(self) -> int:
        """The greatest time that any command has said."""
        return self._state.time_ms

    def find_order(self, order: int) -> RestingOrder | None:
        """Return a living order, None for one that is unknown or finished."""
        found = self._state.orders.get(order)
        return None if found is None else _view(found)

    def exposure_ticks(self, account: int, market: int) -> int:
        """Return what the account would lose in its worst outcome. Raises KeyError."""
        portfolio = self._state.markets[market].portfolios.get(account)
        return 0 if portfolio is None else portfolio.worst_loss_ticks()

    def holding(self, account: int, market: int) -> Holding:
        """Return net cash and quantities; all 0 once the market is over. Raises KeyError."""
        found = self._state.markets[market]
        portfolio, contracts = found.portfolios.get(account), len(found.contracts)
        if portfolio is None:
            return Holding(0, (0,) * contracts)
        return Holding(portfolio.cash_ticks(), tuple(portfolio.quantities(contracts)))

    def available_ticks(self, account: int) -> int:
        """Return what the account has available as far as this engine was told."""
        found = self._state.accounts.get(account)
        if found is None:
            return 0
        found.refresh()
        return found.available_ticks

    def digest(self) -> str:
        """Return the hex SHA-256 of all that decides how the engine goes on, facts left out.

        Those are funds, limits and which trades may be voided. Linear in the state.
        """
        return digest(self._state)

    def snapshot(self) -> bytes:
        """Return the whole engine, facts included, for `restore`. Linear in the state."""
        assert self._state.undo is None, "a batch is not a state that can be kept"
        return snapshot.dump(self._state)

    @classmethod
    def restore(cls, data: bytes) -> "Engine":
        """Return the engine that a snapshot was taken of. Raises SnapshotError."""
        engine = cls()
        engine._state = snapshot.load(data)
        return engine

    def check_invariants(self) -> None:
        """Raise AssertionError unless the whole state is consistent. Linear in the state."""
        invariants.check_invariants(self._state)

    # Restoring from a database, outside batches: markets first, orders in ascending seq

    def restore_market(  # noqa: PLR0917 -- the columns of a market's row
        self,
        market: int,
        contracts: tuple[int, ...],
        other: bool,  # noqa: FBT001 -- as in OpenMarket
        payout_ticks: int,
        price_step_ticks: int,
        status: MarketStatus,
        seq: int,
        last_prices: Mapping[int, int | None] | None = None,
    ) -> None:
        """Make a market known as it was left; last_prices are ticks by contract."""
        state = self._state
        assert state.undo is None, "restoring is not part of a batch"
        assert market not in state.markets, "the market is known already"
        grid = Grid(payout_ticks, price_step_ticks, ())
        restored = Market(market, tuple(contracts), other, grid)
        for contract, price_ticks in (last_prices or {}).items():
            restored.books[contract].last_price_ticks = price_ticks
        snapshot.add_restored(state, restored, MarketStatus(status), seq, None)

    def restore_time(self, time_ms: int) -> None:
        """Let the time be what it was; what was due by then has happened."""
        assert self._state.undo is None, "restoring is not part of a batch"
        self._state.time_ms = time_ms

    def restore_holding(
        self, account: int, market: int, cash_ticks: int, quantities: Mapping[int, int]
    ) -> None:
        """Give an account its net cash and its quantities by contract in a live market."""
        assert self._state.undo is None, "restoring is not part of a batch"
        found = self._state.markets[market]
        assert found.books, "a market that is over holds nothing"
        funds.restore_holding(self._state, found, account, cash_ticks, quantities)

    def restore_order(  # noqa: PLR0917 -- the columns of an order's row
        self,
        order: int,
        account: int,
        contract: int,
        side: Side,
        price_ticks: int,
        quantity: int,
        open_quantity: int,
        seq: int,
        terms: Terms = PLAIN,
    ) -> None:
        """Put an order back into its book, behind those restored before it."""
        state = self._state
        assert state.undo is None, "restoring is not part of a batch"
        assert order not in state.orders, "the order is known already"
        book_side = state.market_of[contract].books[contract].side(side)
        numbers = (price_ticks, quantity, open_quantity, seq)
        snapshot.restore_order(state, order, account, book_side, *numbers, terms)


def _view(order: Order) -> RestingOrder:
    return RestingOrder(
        order.order,
        order.position.account,
        order.side.book.contract,
        order.side.side,
        order.price_ticks,
        order.quantity,
        order.open_quantity,
        order.seq,
        order.terms,
    )
