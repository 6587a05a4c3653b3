"""Judging a batch's commands in memory, in order."""

from collections.abc import Mapping, Sequence

from exchange.engine import Engine, RejectReason, commands, events
from exchange.engine.commands import Command
from exchange.engine.events import Event
from exchange.trading.effects import Judged
from exchange.trading.taking import Entry

Prices = dict[int, tuple[str, int]]  # order -> side, price_ticks


class BrokenCommandError(Exception):
    """The engine broke on a command: a bug of ours, the memory must be rolled back."""

    def __init__(self, command_id: int) -> None:
        super().__init__(f"command {command_id}")
        self.command_id = command_id


def judge(
    engine: Engine,
    entries: Sequence[Entry],
    broken: Mapping[int, str],
    *,
    keeps_orders: bool = True,
) -> tuple[list[Judged], Prices]:
    """Apply the entries to the engine; return what it decided.

    Also returns side and price of the resting orders that were touched by a cancel, a reduce
    or the end of a market: their events do not say. An entry of `broken` is not applied but
    answered as internal_error; with `keeps_orders` a broken order is one that was rejected.
    Raises BrokenCommandError.
    """
    judged, prices = [], Prices()
    for entry in entries:
        if entry.command is None or entry.command_id in broken:
            judged.append(_judged(entry, _refuse(engine, entry, keeps_orders=keeps_orders)))
            continue
        _note_prices(engine, entry.command, prices)
        judged.append(_judged(entry, _apply(engine, entry)))
    return judged, prices


def _apply(engine: Engine, entry: Entry) -> Sequence[Event]:
    assert entry.command is not None
    try:
        return engine.apply(entry.command)
    except Exception as error:
        assert entry.command_id is not None, "closing a market cannot break"
        raise BrokenCommandError(entry.command_id) from error


def _judged(entry: Entry, decided: Sequence[Event]) -> Judged:
    return Judged(
        command_id=entry.command_id,
        user_id=entry.user_id,
        received_at_ms=entry.received_at_ms,
        reply_to=entry.reply_to,
        kind=entry.kind,
        command=entry.command,
        events=decided,
    )


def _refuse(engine: Engine, entry: Entry, *, keeps_orders: bool) -> Sequence[Event]:
    """Answer a broken command; it takes no seq, because the engine never saw it."""
    placed = entry.command
    if keeps_orders and isinstance(placed, commands.PlaceOrder):
        return [
            events.OrderRejected(
                seq=None,
                market=engine.market_of(placed.contract),
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


def _note_prices(engine: Engine, command: Command, prices: Prices) -> None:
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
