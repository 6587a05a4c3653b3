"""Judging a batch's commands in memory, in order."""

from collections.abc import Mapping

from exchange.engine import Engine, RejectReason, commands, events
from exchange.engine.events import Event
from exchange.trading.effects import Judged
from exchange.trading.taking import Entry


class BrokenCommandError(Exception):
    """The engine broke on a command: a bug of ours, the memory must be rolled back."""

    def __init__(self, command_id: int) -> None:
        super().__init__(f"command {command_id}")
        self.command_id = command_id


class Judge:
    """Applies entries to the engine, which must be in a batch.

    An entry of `broken` is not applied but answered as internal_error; with `keeps_orders` a
    broken order is one that was rejected. Nor is a cross applied that was wanted until before
    `time_ms`, so that its refusal takes no seq of the market.
    """

    def __init__(
        self, engine: Engine, broken: Mapping[int, str], *, time_ms: int, keeps_orders: bool
    ) -> None:
        self._engine = engine
        self._broken = broken
        self._time_ms = time_ms
        self._keeps_orders = keeps_orders

    def pass_time(self) -> Judged | None:
        """Let the time of the batch come, and return what was due by it; None: nothing was."""
        due = self._engine.advance(self._time_ms)
        if not due:
            return None
        tick = commands.Tick(time=self._time_ms)
        return Judged(Entry(tick, received_at_ms=self._time_ms, kind="Tick"), due)

    def judge(self, entry: Entry) -> Judged:
        """Return what the engine decided. Raises BrokenCommandError."""
        command = entry.command
        if command is None or entry.command_id in self._broken:
            return Judged(entry, self._refuse(entry))
        if type(command) is commands.CrossTrade and self._is_late(command):
            return Judged(entry, [_rejected(entry, RejectReason.TOO_LATE)])
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
        return [_rejected(entry, RejectReason.INTERNAL_ERROR)]

    def _is_late(self, command: commands.CrossTrade) -> bool:
        return command.valid_until is not None and command.valid_until < self._time_ms


def _rejected(entry: Entry, reason: RejectReason) -> Event:
    """Return the refusal of a command that the engine never saw: it takes no seq."""
    return events.CommandRejected(seq=None, market=None, command=entry.kind, reason=reason)
