"""The only code that writes orders, trades, positions, exposures and the journal.

`Writer` knows which rows a batch is; a `Store` knows how its database takes them.
"""

from exchange.trading.writer.rows import Exposures, Writer, trade_rows
from exchange.trading.writer.statements import TRADES
from exchange.trading.writer.store import Sink, Store, open_store

__all__ = ["TRADES", "Exposures", "Sink", "Store", "Writer", "open_store", "trade_rows"]
