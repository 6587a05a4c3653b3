"""What the parts of the client share: the connections, and the markets they have met."""

from typing import Final, Literal

from likely_client._connection import Connection
from likely_client._http import Http
from likely_client._wires import Wire
from likely_client.desks import Placing, RestDesk, SocketDesk
from likely_client.models import Market

OrderEntry = Literal["rest", "socket"]
API: Final = "/api/v1"


class Core:
    """A member's way to a site: REST, one socket that opens when it is needed."""

    def __init__(
        self,
        site: str = "http://localhost:8000",
        key: str | None = None,
        *,
        timeout_s: float = 30.0,
        order_entry: OrderEntry = "rest",
        wire: Wire = "json",
    ) -> None:
        self._http = Http(site, key, timeout_s=timeout_s)
        self._connection = Connection(site, key, timeout_s=timeout_s, wire=wire)
        desk = (
            RestDesk(self._http)
            if order_entry == "rest"
            else SocketDesk(self._connection, self._http)
        )
        self._placing = Placing(desk, self._http)
        self._markets: dict[str, Market] = {}

    async def market(self, market: str) -> Market:
        """Read a market by its slug."""
        found = await self._http.get(f"{API}/markets/{market}/", Market)
        self._markets[market] = found
        return found

    async def _known(self, market: str) -> Market:
        """Return a market as it was when it was first met: its contracts never change."""
        return self._markets.get(market) or await self.market(market)

    async def _contract_id(self, market: str, outcome: str | None) -> str | None:
        return None if outcome is None else (await self._known(market)).contract(outcome).id

    async def close(self) -> None:
        """Close every connection."""
        await self._connection.close()
        await self._http.close()
