"""Reading markets and what is traded in them."""

from datetime import datetime
from typing import Any, Literal

from likely_client._core import API, Core
from likely_client._http import convert
from likely_client.books import ContractBook
from likely_client.models import Candle, Depth, Event, Found, Market, Trade


class Reading(Core):
    """What anybody may read, without a key too."""

    async def markets(
        self,
        *,
        status: str | None = "open",
        category: str | None = None,
        q: str | None = None,
        sort: Literal["newest", "volume", "movers", "closing"] | None = None,
        metadata: str | None = None,
        limit: int | None = 50,
    ) -> list[Market]:
        """List markets, the newest first; `limit` None lists all."""
        found = await self._http.pages(
            f"{API}/markets/",
            Market,
            limit,
            status=status,
            category=category,
            q=q,
            sort=sort,
            metadata=metadata,
        )
        self._markets |= {market.slug: market for market in found}
        return found

    async def events(self, *, metadata: str | None = None, limit: int | None = 50) -> list[Event]:
        """List events, the newest first; `limit` None lists all."""
        return await self._http.pages(f"{API}/events/", Event, limit, metadata=metadata)

    async def event(self, event: str) -> Event:
        """Read an event by its slug."""
        return await self._http.get(f"{API}/events/{event}/", Event)

    async def search(
        self, q: str, *, kind: str | None = None, limit: int | None = 20
    ) -> list[Found]:
        """Search everything, the best first; `kind`: market, event, contract, member..."""
        return await self._http.pages(f"{API}/search/", Found, limit, q=q, kind=kind)

    async def depth(self, market: str, outcome: str | None = None, levels: int = 10) -> Depth:
        """Read the best levels of a book once. To follow it, open `book`."""
        contract = (await self._known(market)).contract(outcome).id
        read = await self._http.get(f"{API}/markets/{market}/book/", dict[str, Any], depth=levels)
        book = ContractBook()
        for entry in read["contracts"]:
            if entry["contract"] == contract:
                book.apply(entry["bids"], entry["asks"])
        return book.depth(levels)

    async def trades(
        self, market: str, outcome: str | None = None, *, limit: int | None = 50
    ) -> list[Trade]:
        """List a market's trades, the newest first; `limit` None lists all."""
        return await self._http.pages(
            f"{API}/markets/{market}/trades/",
            Trade,
            limit,
            contract=await self._contract_id(market, outcome),
        )

    async def candles(
        self,
        market: str,
        outcome: str | None = None,
        *,
        interval: Literal["5m", "1h", "1d"] = "1h",
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = 100,
    ) -> list[Candle]:
        """List candles, the newest first; `limit` None lists all."""
        return await self._http.pages(
            f"{API}/markets/{market}/candles/",
            Candle,
            limit,
            contract=await self._contract_id(market, outcome),
            interval=interval,
            to=end,
            **{"from": start},
        )

    async def _trades_after(self, market: str, seq: int) -> list[Trade]:
        """Return a market's trades after a seq, oldest first."""
        found: list[Trade] = []
        path, asked = f"{API}/markets/{market}/trades/", {"limit": 200}
        while True:
            page = await self._http.get(path, dict[str, Any], **asked)
            trades = convert(page["results"], list[Trade])
            found += [trade for trade in trades if trade.market_seq > seq]
            is_last = not page["next"] or not trades or trades[-1].market_seq <= seq
            if is_last:
                return sorted(found, key=lambda trade: trade.market_seq)
            asked["cursor"] = page["next"]
