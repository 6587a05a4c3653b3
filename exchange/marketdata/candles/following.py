"""Reading the journal into candles: each trade is counted once, whatever dies when."""

from collections.abc import Sequence
from typing import Final

from core.db import run_after_commit
from exchange.marketdata.candles.prints import Tape, read_tape
from exchange.marketdata.candles.services import count_prints, void_trades
from exchange.marketdata.candles.telling import tell_candles
from exchange.marketdata.figures.services import refresh_figures
from exchange.trading.models import JournalBatch
from exchange.trading.subscribing import following
from exchange.trading.subscribing.following import Subscriber, entries_of


def follow_journal() -> int:
    """Count what was traded since the cursors; return how many candles changed.

    Runs transactions of its own and must not be called inside one.
    """
    return following.follow_journal(_CANDLES)


def _prepare(batches: Sequence[JournalBatch]) -> Tape:
    return read_tape((batch.time_ms, entries_of(batch)) for batch in batches)


def _write(tape: Tape) -> int:
    changed = [*count_prints(prints=tape.prints), *void_trades(voids=tape.voids)]
    tell_candles(changed)
    # After the commit: they read more than they write, and are made again if this is lost.
    run_after_commit(refresh_figures, contracts=tape.contracts)
    return len(changed)


_CANDLES: Final = Subscriber("candles", _prepare, _write)
