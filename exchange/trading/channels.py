"""The names of the channel-layer groups, and what is sent to each. Hints and live pushes only.

book_group(shard)     {"type": "nudge", "shard": shard}       to the owner of the shard's books
BOOKS_GROUP           {"type": "books.free", "shards": [...]}  to every book worker: shards that
                        were handed over, to be taken at once
market_group(market)  MarketBatch as a dict, "type": "market.batch"     to each hub that shows it
ACCOUNTS_GROUP        {"type": "accounts.batch", "accounts": {"7": account_seq}}     to each hub
a process's own channel {"type": "replies", "replies": [[command_id, reason, market_seq,
                        account_seq, figures], ...]}          to the process that waits

`figures` are those of answers.Figures, as a list, for an order that was taken; null for the rest.

One more group, of log-outs, is named in exchange/realtime/endings.py: no part of trading.

MarketBatch: {"market": id, "epoch": e, "prev_seq": m, "seq": n, "time_ms": t, "status": "open",
"contracts": [{"contract": id, "bids": [[price_ticks, quantity], ...], "asks": [...],
"checksum": crc}], "trades": [{"id": id, "kind": "book", "contract": id, "price_ticks": p,
"quantity": q, "side": "buy", "seq": n, "time_ms": t}]}. Levels are only those that changed,
absolute quantities, 0 removes; checksum is of the whole book after the batch.
"""

from typing import Final

ACCOUNTS_GROUP: Final = "accounts"
BOOKS_GROUP: Final = "books"


def book_group(shard: int) -> str:
    """Return the group that wakes the owner of a shard."""
    return f"book.{shard}"


def market_group(market_id: int) -> str:
    """Return the group that carries a market's public changes."""
    return f"market.{market_id}"
