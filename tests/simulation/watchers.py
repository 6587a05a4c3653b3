"""Browsers: sockets on a hub, a replica of what they are told, and whether it is the truth."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from exchange.realtime.consumer import FeedConsumer
from exchange.realtime.sessions import Visitor
from tests.realtime.replica import AccountReplica, BookReplica, GapError, TradeReplica
from tests.simulation.process import Process
from tests.simulation.world import World


class Watcher:
    """A browser on a web process: some markets, its member's account; connects anew when lost."""

    def __init__(
        self, number: int, world: World, web: Any, slugs: tuple[str, ...], visitor: Visitor
    ) -> None:
        self.books = {slug: BookReplica() for slug in slugs}
        self.trades = {slug: TradeReplica() for slug in slugs}
        self.account = AccountReplica()
        self.chance = world.chance(f"watcher{number}")
        self.visitor = visitor
        self._world = world
        self._web = web
        self._lost = asyncio.Event()
        self._requests: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def run(self) -> None:
        while True:
            if self._web.process.is_alive and self._web.process.held is None:
                await self._watch(self._web.process)
            await asyncio.sleep(self.chance.uniform(0.05, 0.5))

    async def _watch(self, process: Process) -> None:
        """Be connected until the process dies or the socket is closed."""
        self._lost = asyncio.Event()
        process.when_dead.append(self._lost.set)
        self._requests = asyncio.Queue()
        self._requests.put_nowait({"type": "websocket.connect"})
        for key in self._replicas():
            self._subscribe(key)
        consumer = FeedConsumer()
        scope = {"type": "websocket", "subprotocols": [], "visitor": self.visitor}
        process.load()
        serving = process.start(consumer, scope, self._requests.get, self._receive)
        await self._lost.wait()
        if process.is_alive:
            self._requests.put_nowait({"type": "websocket.disconnect"})
            await asyncio.wait({serving}, timeout=5)

    def _replicas(self) -> dict[str, Any]:
        """Return what the browser keeps, by the name of its subscription."""
        books = {f"book:{slug}": replica for slug, replica in self.books.items()}
        trades = {f"trades:{slug}": replica for slug, replica in self.trades.items()}
        if self.visitor.user_id is None:
            return {**books, **trades}
        return {**books, **trades, "account:": self.account}

    def _subscribe(self, key: str) -> None:
        """Ask for what came since the last frame, or for everything."""
        channel, _, slug = key.partition(":")
        request: dict[str, Any] = {"id": key, "op": "subscribe", "channel": channel}
        if slug:
            request["market"] = slug
        replica = self._replicas()[key]
        if replica.seq is not None and self.chance.random() < 0.7:
            request["since"] = replica.seq
        self._requests.put_nowait({"type": "websocket.receive", "text": json.dumps(request)})

    async def _receive(self, message: dict[str, Any]) -> None:
        """Take what the socket sends."""
        if message["type"] == "websocket.close":
            self._lost.set()
        elif message["type"] == "websocket.send":
            self._take(json.loads(message["text"]))

    def _take(self, frame: dict[str, Any]) -> None:
        if frame.get("ok") is False:
            # A market that is not open yet, a database that is away: later.
            asyncio.get_running_loop().call_later(0.5, self._subscribe, frame["id"])
        take = self._taker(frame)
        if take is not None:
            try:
                take(frame)
            except (GapError, AssertionError) as error:
                self._world.fail(f"a watcher got a frame that does not follow: {error!r}")

    def _taker(self, frame: dict[str, Any]) -> Callable[[dict[str, Any]], None] | None:
        match frame.get("channel"):
            case "book":
                return self.books[frame["market"]].take
            case "trades":
                return self.trades[frame["market"]].take
            case "account":
                return self.account.take
        return None
