"""Judging a batch's commands in memory, in order."""

from collections.abc import Mapping
from typing import Final

from exchange.engine import Engine, RejectReason, commands, events
from exchange.engine.commands import Command
from exchange.engine.events import Event
from exchange.trading.effects import Judged, Prices
from exchange.trading.taking import Entry


class BrokenCommandError(Exception):
    """The engine broke on a command: a bug of ours, the memory must be rolled back."""

    def __init__(self, command_id: int) -> None:
        super().__init__(f"command {command_id}")
        self.command_id = command_id


class Judge:
    """Applies entries to the engine, which must be in a batch.

    `prices` are side and price of the resting orders that were touched by a cancel, a reduce or
    the end of a market: their events do not say. An entry of `broken` is not applied but answered
    as internal_error; with `keeps_orders` a broken order is one that was rejected.
    """

    def __init__(self, engine: Engine, broken: Mapping[int, str], *, keeps_orders: bool) -> None:
        self.prices: Final[Prices] = {}
        self._engine = engine
        self._broken = broken
        self._keeps_orders = keeps_orders

    def judge(self, entry: Entry) -> Judged:
        """Return what the engine decided. Raises BrokenCommandError."""
        command = entry.command
        if command is None or entry.command_id in self._broken:
            return Judged(entry, self._refuse(entry))
        if type(command) is not commands.PlaceOrder:
            self._note_prices(command)
        try:
            return Judged(entry, self._engine.apply(command))
        except Exception as error:
            assert entry.command_id is not None, "closing a market cannot break"
            raise BrokenCommandError(entry.command_id) from error

    def _refuse(self, entry: Entry) -> list[Event]:
        """Answer a broken command; it takes no seq, because the engine never saw it."""
        placed = entry.command
        if self._keeps_orders and isinstance(placed, commands.PlaceOrder):
            return [
                events.OrderRejected(
                    seq=None,
                    market=self._engine.market_of(placed.contract),
                    contract=placed.contract,
                    order=placed.order,
                    account=placed.account,
                    reason=RejectReason.INTERNAL_ERROR,
                )
            ]
        return [
            events.CommandRejected(
                seq=None, market=None, command=entry.kind, reason=RejectReason.INTERNAL_ERROR
            )
        ]

    def _note_prices(self, command: Command) -> None:
        engine, prices = self._engine, self.prices
        if isinstance(command, commands.CancelOrder | commands.ReduceOrder):
            order = engine.find_order(command.order)
            if order is not None:
                prices[order.order] = (order.side, order.price_ticks)
        elif isinstance(
            command, commands.CloseMarket | commands.SettleMarket | commands.VoidMarket
        ) and engine.has_market(command.market):
            for contract in engine.contracts_of(command.market):
                for order in engine.open_orders(contract):
                    prices[order.order] = (order.side, order.price_ticks)
