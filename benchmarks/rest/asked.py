"""What is asked: the ten reads that clients send most, by the path below /api/v1/."""

from typing import Final

# {slug} is a market's with a full book; the words searched for are the demo's.
READS: Final = {
    "markets": "markets/?status=open",
    "market": "markets/{slug}/",
    "book": "markets/{slug}/book/",
    "trades": "markets/{slug}/trades/",
    "candles": "markets/{slug}/candles/",
    "orders": "orders/?status=open",
    "positions": "account/positions/",
    "account": "account/",
    "events": "events/",
    "search": "search/?q=will",
}
