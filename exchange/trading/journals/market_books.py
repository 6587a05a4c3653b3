"""One market's book as the journal makes it, for anybody to read, and whether the rows agree."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.formatting import format_price
from exchange.engine import Depth, Engine, Side
from exchange.markets.models import Market
from exchange.trading.journals.comparing import read_books
from exchange.trading.journals.differences import differences_in_market
from exchange.trading.journals.explaining import TradeExplainer
from exchange.trading.journals.market_journals import MarketJournal
from exchange.trading.journals.replaying import ShardReplay
from exchange.trading.journals.rows import JournaledCommand, read_rows
from exchange.trading.journals.verifying import Seen
from exchange.trading.models import JournalBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedMarket:
    """A market's book from the journal, as lines; `digest` is that of its own journal.

    `wrong` is in what the rows differ; `explained` what is to be said of the trade asked for.
    """

    book: Sequence[str]
    digest: str
    explained: Sequence[str]
    wrong: Sequence[str]


def replay_market(
    market: Market, *, trade: int | None = None, seen: Seen = lambda: None
) -> ReplayedMarket:
    """Re-run the shard's journal from its first batch, and return what it makes of one market.

    Raises BadJournalError for a journal that is damaged, Shard.DoesNotExist where there is none.
    """
    end, from_rows, fault = read_books(market.shard)
    replay, alone = ShardReplay(market.shard), MarketJournal(market.pk, lambda _: None)
    explainer = TradeExplainer(trade or 0)

    def watch(engine: Engine, row: JournalBatch, entry: JournaledCommand) -> None:
        alone.take(engine, row, entry)
        explainer.see(engine, row, entry)

    for row in read_rows(market.shard, until=end.number):
        replay.apply(row, watch)
        seen()
    replay.walk.check_end(end)
    wrong = [fault] if fault else []
    if from_rows is not None:
        wrong += differences_in_market(market.pk, from_rows, replay.engine)
    return ReplayedMarket(
        book=tuple(_book(market, replay)),
        digest=alone.engine.digest(),
        explained=tuple(explainer.lines),
        wrong=tuple(wrong),
    )


def _book(market: Market, replay: ShardReplay) -> Iterator[str]:
    engine = replay.engine
    where = f"shard {market.shard} after batch {replay.walk.number}"
    if not engine.has_market(market.pk):
        yield f"{market.title}: never opened, {where}"
        return
    status, seq = engine.market_status(market.pk), engine.market_seq(market.pk)
    yield f"{market.title}: {status}, seq {seq}, {where}"
    names = dict(market.contracts.values_list("pk", "name"))
    for contract in engine.contracts_of(market.pk):
        yield from _contract(market, engine, contract, names.get(contract, str(contract)))


def _contract(market: Market, engine: Engine, contract: int, name: str) -> Iterator[str]:
    last_ticks, step_ticks = engine.last_price_ticks(contract), market.price_step_ticks
    last = "no trade yet" if last_ticks is None else f"last {format_price(last_ticks, step_ticks)}"
    yield f"{name} (contract {contract}): {last}"
    counts = Counter((one.side, one.price_ticks) for one in engine.open_orders(contract))
    depth: Depth = engine.depth(contract)
    for side, levels in ((Side.SELL, reversed(depth.asks)), (Side.BUY, depth.bids)):
        for price_ticks, quantity in levels:
            price = format_price(price_ticks, step_ticks)
            yield f"  {side:4} {price:>7} {quantity:>12}  {counts[side, price_ticks]} orders"
