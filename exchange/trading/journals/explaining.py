"""The queue that a trade was won in, for anybody to read: as it stood before the command."""

from collections.abc import Iterator
from typing import Final

from core.formatting import format_price
from exchange.engine import Engine, RestingOrder
from exchange.engine.events import TradeExecuted
from exchange.trading.journals.rows import JournaledCommand
from exchange.trading.models import JournalBatch
from exchange.trading.times import to_datetime

_QUEUE_MAX: Final = 20


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
    verb = "buys" if trade.maker_side == "buy" else "sells"
    yield (
        f"trade {trade.trade} ({trade.kind}): {trade.quantity} of contract {trade.contract} at "
        f"{format_price(trade.price_ticks)}, {to_datetime(row.time_ms):%Y-%m-%d %H:%M:%S.%f} UTC"
    )
    yield f"by command {entry.command_id} ({entry.members['type']}) in batch {row.number}"
    yield f"maker: order {trade.maker_order} of account {trade.maker_account} {verb}"
    yield f"taker: order {trade.taker_order} of account {trade.taker_account}"
    resting = before.open_orders(trade.contract)
    queue = [order for order in resting if order.side == trade.maker_side]
    yield f"The queue before the command, best price first, then the oldest ({len(queue)} orders):"
    for place, order in enumerate(queue[:_QUEUE_MAX], start=1):
        yield _place(place, order, trade)
    if len(queue) > _QUEUE_MAX:
        yield f"  ... and {len(queue) - _QUEUE_MAX} more"


def _place(place: int, order: RestingOrder, trade: TradeExecuted) -> str:
    mark = "  <- this trade" if order.order == trade.maker_order else ""
    return (
        f"  {place}. {order.open_quantity} at {format_price(order.price_ticks)}, "
        f"order {order.order} of account {order.account}, since seq {order.seq}{mark}"
    )
