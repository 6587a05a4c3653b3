"""The asynchronous client: the same names as `Client`, to be awaited."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from likely_client._reading import Reading
from likely_client._trading import Trading
from likely_client.accounts import AsyncAccount
from likely_client.devices import DeviceCode, log_in
from likely_client.errors import ConnectionLostError
from likely_client.history import Replayed, download
from likely_client.models import Trade
from likely_client.replicas import AsyncBook
from likely_client.streams import each_frame, each_trade


class AsyncClient(Reading, Trading):
    """A Likely site for one member, by an API key; for nobody without one.

    async with AsyncClient("http://localhost:8000", key="lk_...") as client: ...

    `timeout_s` is how long a call may take with all its retries. `order_entry` "socket" hands
    orders in over the live feed, which is quicker. `wire` "protobuf" has the live feed in fewer
    bytes; it needs `pip install likely-client[protobuf]`.
    """

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def book(self, market: str, outcome: str | None = None) -> AsyncIterator[AsyncBook]:
        """Keep a local replica of a market's books, whole when the context is entered.

        With `outcome` (or in a market with one contract) best_bid, depth... are that outcome's.
        """
        book = AsyncBook(await self._known(market), outcome, self._connection)
        await self._connection.follow(book)
        try:
            await self._until_live(book)
            yield book
        finally:
            self._connection.unfollow(book)

    @asynccontextmanager
    async def account(self) -> AsyncIterator[AsyncAccount]:
        """Keep a local replica of your account, whole when the context is entered."""
        account = AsyncAccount(self._connection, self._fills_between)
        await self._connection.follow(account)
        try:
            await self._until_live(account)
            yield account
        finally:
            self._connection.unfollow(account)

    async def trades_live(self, market: str) -> AsyncIterator[Trade]:
        """Yield a market's trades from now on, in order, each once, whatever the line does."""

        async def fetch(seq: int) -> list[Trade]:
            return await self._trades_after(market, seq)

        async for trade in each_trade(self._connection, await self._known(market), fetch):
            yield trade

    async def frames_live(
        self,
        channel: str,
        *,
        market: str | None = None,
        event: str | None = None,
        member: str | None = None,
        name: str | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield the frames of any channel, as docs/api.md has them: "candles" of a market, say.

        A snapshot, or a reset, comes first, and again where something was missing.
        """
        address = _given(market=market, event=event, member=member, name=name)
        async for frame in each_frame(self._connection, {"channel": channel, **address}):
            yield frame

    async def log_in(
        self,
        show: Callable[[DeviceCode], object],
        *,
        name: str = "likely-client",
        scopes: Sequence[str] = ("read", "trade"),
    ) -> str:
        """Return a new key once a member confirms, in a browser, the code that `show` is given.

        It is shown to nobody else and kept nowhere: open another client with it.
        """
        return await log_in(self._http, show, name=name, scopes=scopes)

    async def download_history(self, path: str | Path) -> Replayed:
        """Write your account's whole history to a file, and run it again: see `history.replay`."""
        return await download(self, Path(path))

    async def ping(self) -> None:
        """Say over the socket that you are there, and hear that the exchange is."""
        await self._connection.request("ping", {})

    async def session(
        self,
        *,
        cancel_on_disconnect: bool | None = None,
        dead_man_ms: int | None = None,
        conflate_ms: int | None = None,
    ) -> None:
        """Choose what holds for this client's socket, after every reconnect too.

        `cancel_on_disconnect`: what was ordered over it (order_entry "socket") is cancelled when
        it is lost. `dead_man_ms`: the same when nothing was sent for so long: `ping` when you have
        nothing else to say; the client does not do it for you, as a bot that hangs shall be
        noticed. `conflate_ms`: how long changes are gathered into one frame; 0 has each alone.
        """
        settings = _given(
            cancel_on_disconnect=cancel_on_disconnect,
            dead_man_ms=dead_man_ms,
            conflate_ms=conflate_ms,
        )
        await self._connection.configure(**settings)

    async def _until_live(self, replica: AsyncBook | AsyncAccount) -> None:
        while not replica.is_live:
            if not await replica.changed(self._http.timeout_s):
                raise ConnectionLostError("the live feed sends no snapshot")
        await replica.changed(0)  # what is here is no news


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
