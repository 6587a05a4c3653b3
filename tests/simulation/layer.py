"""The simulated channel layer: it loses, doubles, delays and reorders, and at times it is down."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from tests.simulation.loop import HOST, VirtualLoop


class Layer:
    """As much of a channel layer as the exchange uses.

    `faults` says what becomes of each message: after how many seconds each copy arrives.
    """

    def __init__(self, loop: VirtualLoop, faults: Any) -> None:
        self._loop = loop
        self._faults = faults
        self._numbers = 0
        self._groups: dict[str, dict[str, None]] = {}
        self._boxes: dict[str, _Box] = {}
        self.when_told: Callable[[dict[str, Any]], None] = lambda message: None

    async def new_channel(self, prefix: str = "specific.") -> str:
        await self._faults.at_message("new_channel")
        self._numbers += 1
        name = f"{prefix}{self._numbers}"
        self._boxes[name] = _Box(HOST.get())
        return name

    async def group_add(self, group: str, channel: str) -> None:
        await self._faults.at_message("group_add")
        self._groups.setdefault(group, {})[channel] = None

    async def group_discard(self, group: str, channel: str) -> None:
        await self._faults.at_message("group_discard")
        self._groups.get(group, {}).pop(channel, None)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        await self._faults.at_message("send")
        self.when_told(message)
        self._send(channel, msgspec.msgpack.encode(message))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._faults.at_message("group_send")
        self.when_told(message)
        text = msgspec.msgpack.encode(message)
        for channel in tuple(self._groups.get(group, ())):
            if not self._is_open(channel):
                del self._groups[group][channel]  # its process is dead
                continue
            self._send(channel, text)

    async def receive(self, channel: str) -> Any:
        box = self._boxes[channel]
        while not box.messages:
            self._faults.check_layer()
            box.waiter = self._loop.create_future()
            await box.waiter
        return msgspec.msgpack.decode(box.messages.popleft())

    def break_connections(self) -> None:
        """Let everybody who receives fail, and forget who was in which group."""
        self._groups.clear()
        for box in self._boxes.values():
            if box.waiter is not None and not box.waiter.done() and box.host.is_alive:
                box.waiter.set_exception(ConnectionError("the channel layer is down"))

    def _send(self, channel: str, text: bytes) -> None:
        if self._is_open(channel):
            for delay_s in self._faults.arrivals():
                self._loop.call_later(delay_s, self._arrive, channel, text)

    def _is_open(self, channel: str) -> bool:
        box = self._boxes.get(channel)
        return box is not None and box.host.is_alive

    def _arrive(self, channel: str, text: bytes) -> None:
        box = self._boxes[channel]
        box.messages.append(text)
        if box.waiter is not None and not box.waiter.done():
            box.waiter.set_result(None)


class _Box:
    """What waits for a channel's receiver."""

    def __init__(self, host: Any) -> None:
        self.host = host
        self.messages: deque[bytes] = deque(maxlen=10_000)
        self.waiter: asyncio.Future[None] | None = None
