"""Following a channel as a stream, in order, nothing left out and nothing twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from likely_client._connection import Connection
from likely_client._followers import Frame
from likely_client._http import convert
from likely_client.errors import LikelyError, TooSlowError
from likely_client.models import Market, Trade

QUEUE_MAX: Final = 10_000


class Stream:
    """The frames of one channel in a queue. A gap shows as another snapshot (or reset)."""

    def __init__(self, members: Mapping[str, str]) -> None:
        self.members = members
        self.gaps = 0
        self._seq: int | None = None
        self._is_synced = False
        self._queue: asyncio.Queue[Frame | LikelyError] = asyncio.Queue()

    async def next(self) -> Frame:
        """Return the next frame. Raises TooSlowError, or what ended the stream."""
        item = await self._queue.get()
        if isinstance(item, LikelyError):
            self._queue.put_nowait(item)  # it has ended for whoever asks again, too
            raise item
        return item

    def since(self) -> int | None:
        """Return how far it has come; None where it needs everything."""
        return self._seq if self._is_synced else None

    def take(self, frame: Frame) -> bool:
        """Take a frame; False where something is missing."""
        name = "account_seq" if "account_seq" in frame else "seq"
        seq, prev_seq = frame[name], frame.get(f"prev_{name}")
        if prev_seq is not None:
            if self._seq is None or (self._is_synced and seq <= self._seq):
                return True
            if not self._is_synced or prev_seq != self._seq:
                self.miss()
                return False
        elif self._is_synced and frame["type"] == "snapshot" and seq == self._seq:
            return True
        self._seq, self._is_synced = seq, True
        self._put(frame)
        return True

    def is_behind(self, seq: int) -> bool:
        """Whether frames up to `seq` are not all here."""
        return not self._is_synced or self._seq is None or self._seq < seq

    def miss(self) -> None:
        """Note that frames were lost."""
        self.gaps += self._is_synced
        self._is_synced = False

    def lag(self, *, is_lagging: bool) -> None:
        """Take no note: a stream is read in order, however late."""

    def end(self, error: LikelyError | None) -> None:
        """Note that the connection is gone; for good where there is an error."""
        if error is not None:
            self._queue.put_nowait(error)

    def _put(self, frame: Frame) -> None:
        if self._queue.qsize() < QUEUE_MAX:
            self._queue.put_nowait(frame)
        elif self._queue.qsize() == QUEUE_MAX:
            self._queue.put_nowait(TooSlowError(f"{QUEUE_MAX} frames wait to be read"))


@asynccontextmanager
async def opened(connection: Connection, stream: Stream) -> AsyncIterator[Stream]:
    """Follow a channel while the context lasts."""
    await connection.follow(stream)
    try:
        yield stream
    finally:
        connection.unfollow(stream)


async def each_frame(
    connection: Connection, members: Mapping[str, str]
) -> AsyncIterator[dict[str, Any]]:
    """Yield a channel's frames; after a gap a snapshot, or a reset, comes again."""
    async with opened(connection, Stream(members)) as stream:
        while True:
            yield dict(await stream.next())


async def each_trade(
    connection: Connection, market: Market, fetch: Callable[[int], Awaitable[list[Trade]]]
) -> AsyncIterator[Trade]:
    """Yield a market's trades from now on, in order, each once.

    What a gap has swallowed and the snapshot after it does not show is read by `fetch`: all
    trades after a seq, oldest first.
    """
    members = {"channel": "trades", "market": market.slug}
    last_seq: int | None = None
    async with opened(connection, Stream(members)) as stream:
        while True:
            frame = await stream.next()
            trades = [_trade(row, market) for row in frame["trades"]]
            if last_seq is None:
                last_seq = int(frame["seq"])
                continue
            is_short = not trades or trades[0].market_seq > last_seq + 1
            if frame["type"] == "snapshot" and is_short:
                trades = await fetch(last_seq)
            for trade in trades:
                if trade.market_seq > last_seq:
                    last_seq = trade.market_seq
                    yield trade


def _trade(row: Mapping[str, Any], market: Market) -> Trade:
    members = dict(row)
    members["market_seq"] = members.pop("seq")
    members["executed_at"] = members.pop("time")
    return convert({**members, "contract_name": market.name_of(row["contract"])}, Trade)
