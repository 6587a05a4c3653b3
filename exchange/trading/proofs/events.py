"""What the journal's events say is in the tables: seqs, outcomes of commands, trades.

The journal is read once; where something does not fit, once more to say what. Memory grows with
the markets alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

from exchange.engine.events import Event, TradeExecuted
from exchange.markets.models import Market
from exchange.trading.journals.faults import BadBatchError
from exchange.trading.journals.rows import JournaledCommand, read_commands, read_ends, read_rows
from exchange.trading.journals.verifying import Seen
from exchange.trading.models import Order, Outcome, Trade
from exchange.trading.proofs.buckets import Buckets, bucket_of
from exchange.trading.proofs.streams import stream

_TRADE_COLUMNS: Final = (
    "pk",
    "kind",
    "market_id",
    "contract_id",
    "price_ticks",
    "quantity",
    "maker_order_id",
    "taker_order_id",
    "maker_account_id",
    "taker_account_id",
    "taker_side",
    "market_seq",
)


def check_events(seen: Seen = lambda: None) -> Iterator[str]:
    """Seqs have no gap, each command has one outcome, trades are those of the journal (5 to 7)."""
    seqs: dict[int, int] = defaultdict(int)
    commands, trades = Buckets(), Buckets()
    for entry in _journaled(seen):
        if isinstance(entry, str):
            yield entry
            continue
        if entry.command_id is not None:
            commands.put(entry.command_id)
        for event in entry.decided:
            yield from _check_seq(event, seqs)
            if isinstance(event, TradeExecuted):
                trades.put(*_values(event))
    yield from _check_ends(seqs)
    for pk in _command_ids():
        commands.put(pk, times=-1)
    yield from _name_commands(commands.unequal())
    for values in stream(Trade.objects.values_list(*_TRADE_COLUMNS)):
        trades.put(*values, times=-1)
    yield from _name_trades(trades.unequal())


def _journaled(seen: Seen = lambda: None) -> Iterator[JournaledCommand | str]:
    """Iterate over all that was judged, in order; a batch that cannot be read is a line."""
    for end in read_ends():
        for row in read_rows(end.shard):
            try:
                yield from read_commands(row)
            except BadBatchError as fault:
                yield str(fault)
            seen()


def _check_seq(event: Event, seqs: dict[int, int]) -> Iterator[str]:
    market, seq = event.market, event.seq
    if market is None or seq is None:
        return
    if seq != seqs[market] + 1:
        yield f"market {market}: seq {seq} after {seqs[market]}"
    seqs[market] = seq


def _check_ends(seqs: dict[int, int]) -> Iterator[str]:
    for market, seq in stream(Market.objects.exclude(status="draft").values_list("pk", "seq")):
        if seqs[market] != seq:
            yield f"market {market} stands at seq {seq}, its journal at {seqs[market]}"


def _command_ids() -> Iterator[int]:
    """Iterate over what the tables say was judged: each command has an order or an outcome."""
    yield from stream(Order.objects.values_list("pk", flat=True))
    yield from stream(Outcome.objects.values_list("pk", flat=True))


def _name_commands(unequal: frozenset[int]) -> Iterator[str]:
    if not unequal:
        return
    judged = Counter(
        entry.command_id
        for entry in _journaled()
        if isinstance(entry, JournaledCommand)
        and entry.command_id is not None
        and bucket_of(entry.command_id) in unequal
    )
    known = Counter(pk for pk in _command_ids() if bucket_of(pk) in unequal)
    for pk in sorted(judged.keys() | known.keys()):
        if (judged[pk], known[pk]) != (1, 1):
            yield f"command {pk}: judged {judged[pk]} times, has {known[pk]} outcomes"


def _name_trades(unequal: frozenset[int]) -> Iterator[str]:
    if not unequal:
        return
    journaled = {
        event.trade: _values(event)
        for entry in _journaled()
        if isinstance(entry, JournaledCommand)
        for event in entry.decided
        if isinstance(event, TradeExecuted) and bucket_of(event.trade) in unequal
    }
    found = stream(Trade.objects.values_list(*_TRADE_COLUMNS))
    stored = {values[0]: values for values in found if bucket_of(values[0]) in unequal}
    for pk in sorted(journaled.keys() | stored.keys()):
        if journaled.get(pk) != stored.get(pk):
            rows, journal = _told(stored.get(pk)), _told(journaled.get(pk))
            yield f"trade {pk}: {rows} in the rows, {journal} in the journal"


def _values(trade: TradeExecuted) -> tuple[Any, ...]:
    """Return a trade as its row has it, in the order of the columns."""
    return (
        trade.trade,
        trade.kind,
        trade.market,
        trade.contract,
        trade.price_ticks,
        trade.quantity,
        trade.maker_order,
        trade.taker_order,
        trade.maker_account,
        trade.taker_account,
        "sell" if trade.maker_side == "buy" else "buy",
        trade.seq,
    )


def _told(values: tuple[Any, ...] | None) -> str:
    if values is None:
        return "not"
    return " ".join(
        f"{name.removesuffix('_id')} {value}"
        for name, value in zip(_TRADE_COLUMNS[1:], values[1:], strict=True)
    )
