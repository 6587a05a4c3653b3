"""The queue that a trade was won in, for anybody to read: as it stood before the command."""

from collections.abc import Iterator
from typing import Final

from core.formatting import format_price
from exchange.engine import Engine
from exchange.engine.events import TradeExecuted
from exchange.engine.explained import queue_lines
from exchange.trading.journals.rows import JournaledCommand
from exchange.trading.models import JournalBatch
from exchange.trading.times import to_datetime


class TradeExplainer:
    """Watches a replay for one trade; `lines` are empty until it has come by."""

    def __init__(self, trade: int) -> None:
        self.trade: Final = trade
        self.lines: list[str] = []

    def see(self, before: Engine, row: JournalBatch, entry: JournaledCommand) -> None:
        """Explain the trade if this is the command that made it."""
        for event in entry.decided:
            if isinstance(event, TradeExecuted) and event.trade == self.trade:
                self.lines = list(_explain(before, row, entry, event))


def _explain(
    before: Engine, row: JournalBatch, entry: JournaledCommand, trade: TradeExecuted
) -> Iterator[str]:
    yield (
        f"trade {trade.trade} ({trade.kind}): {trade.quantity} of contract {trade.contract} at "
        f"{format_price(trade.price_ticks)}, {to_datetime(row.time_ms):%Y-%m-%d %H:%M:%S.%f} UTC"
    )
    yield f"by command {entry.command_id} ({entry.members['type']}) in batch {row.number}"
    yield from queue_lines(before, trade, format_price)
