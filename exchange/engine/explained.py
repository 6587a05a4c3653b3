"""`replay JOURNAL --explain TRADE`: the queue that a trade was won in, for anybody to read."""

from collections.abc import Callable, Iterator

from exchange.engine.commands import Command
from exchange.engine.engine import Engine
from exchange.engine.events import TradeExecuted
from exchange.engine.journal import Group, Journal

_QUEUE_MAX = 20


class TradeExplainer:
    """Watches two replays for one trade: the first for where it is, the second for how it came."""

    def __init__(self, trade: int) -> None:
        self.trade = trade
        self.lines: list[str] = []
        self._before: int | None = None

    def see(self, journal: Journal, group: Group) -> None:
        """Note the last group that is reached without the trade."""
        if journal.run.engine.next_trade <= self.trade:
            self._before = group.first

    def see_again(self, journal: Journal, group: Group) -> None:
        """Go through that group command by command, on a copy, and explain the trade."""
        if group.first != self._before:
            return
        engine = Engine.restore(journal.run.engine.snapshot())
        for number, command in enumerate(group.commands, start=group.first):
            before = engine.snapshot()
            for event in engine.apply(command):
                if isinstance(event, TradeExecuted) and event.trade == self.trade:
                    self.lines = list(_explain(Engine.restore(before), number, command, event))
                    return


def _explain(before: Engine, number: int, command: Command, trade: TradeExecuted) -> Iterator[str]:
    yield (
        f"trade {trade.trade} ({trade.kind}): {trade.quantity} of contract {trade.contract} "
        f"at {trade.price_ticks}, by command {number}, {type(command).__name__}"
    )
    yield from queue_lines(before, trade, str)


def queue_lines(
    before: Engine, trade: TradeExecuted, format_price: Callable[[int], str]
) -> Iterator[str]:
    """Iterate over who traded, and the queue of the maker's side as it stood before."""
    verb = "buys" if trade.maker_side == "buy" else "sells"
    yield f"maker: order {trade.maker_order} of account {trade.maker_account} {verb}"
    yield f"taker: order {trade.taker_order} of account {trade.taker_account}"
    if trade.kind == "cross":
        yield "It was agreed on outside the book: there was no queue."
        return
    resting = before.open_orders(trade.contract)
    queue = [order for order in resting if order.side == trade.maker_side]
    yield f"The queue before the command, best price first, then the oldest ({len(queue)} orders):"
    for place, order in enumerate(queue[:_QUEUE_MAX], start=1):
        mark = "  <- this trade" if order.order == trade.maker_order else ""
        yield (
            f"  {place}. {order.open_quantity} at {format_price(order.price_ticks)}, "
            f"order {order.order} of account {order.account}, since seq {order.seq}{mark}"
        )
    if len(queue) > _QUEUE_MAX:
        yield f"  ... and {len(queue) - _QUEUE_MAX} more"
