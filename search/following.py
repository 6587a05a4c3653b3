"""The journal into the index: which markets opened, ended, or traded enough to rank elsewhere."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from exchange.markets.models import Market
from exchange.trading.models import JournalBatch
from exchange.trading.subscribing import following
from exchange.trading.subscribing.following import Subscriber, entries_of
from search.documents import popularity_of
from search.models import Document, Kind
from search.services import index_markets

SUBSCRIBER: Final = "search"
_MOVING: Final = frozenset(
    {"MarketOpened", "MarketHalted", "MarketResumed", "MarketClosed", "MarketSettled",
     "MarketVoided", "TradeExecuted", "TradeVoided"}
)  # fmt: skip


def follow_journal() -> int:
    """Index what the journal says since the cursors; return how many rows of the index changed.

    Runs transactions of its own and must not be called inside one.
    """
    return following.follow_journal(_INDEX)


def _prepare(batches: Sequence[JournalBatch]) -> set[int]:
    """Return the markets whose status or volume may have moved."""
    return {
        event["market"]
        for batch in batches
        for _command_id, _command, events in entries_of(batch)
        for event in events
        if event["type"] in _MOVING
    }


def _write(markets: Collection[int]) -> int:
    moved = _moved(markets)
    return index_markets(market_ids=moved) if moved else 0


def _moved(markets: Collection[int]) -> list[int]:
    """Return those of which the index says something else: few, as a volume is not exact there."""
    rows = Market.objects.filter(pk__in=markets).values_list("pk", "status", "volume")
    keys = [str(market) for market in markets]
    indexed: dict[str, tuple[Any, ...]] = {
        key: tuple(said)
        for key, *said in Document.objects.filter(kind=Kind.MARKET, key__in=keys).values_list(
            "key", "status", "popularity"
        )
    }
    return [
        market
        for market, status, volume in rows
        if indexed.get(str(market)) != (status, popularity_of(volume))
    ]


_INDEX: Final = Subscriber(SUBSCRIBER, _prepare, _write)
