"""The hub's one channel on the channel layer, and the groups it listens to.

The layer is never trusted: messages may be lost, doubled or late, and the pub/sub layer does
not say so. What is heard here is a hint that the hub checks by seq.
"""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)
_LAYER_TIMEOUT_S: Final = 2.0
_ECHO: Final = "echo"


class Listener:
    """Receives what is sent to the groups it has joined.

    In one task that is never cancelled to poll: a cancelled receive() makes the pub/sub layer
    unsubscribe the channel.
    """

    def __init__(
        self, layer: Any, handle: Callable[[dict[str, Any]], None], groups: Iterable[str] = ()
    ) -> None:
        self._layer = layer
        self._handle = handle
        self._groups = set(groups)
        self._confirmed: set[str] = set()  # the layer is known to send what is sent to these
        self._channel = ""
        self._was_begun = asyncio.Event()
        self._numbers = itertools.count()
        self._echoes: dict[int, asyncio.Future[None]] = {}

    async def run(self, when_lost: Callable[[], None]) -> None:
        """Receive for ever; after an error begin anew with a new channel and call `when_lost`."""
        while True:
            try:
                self._channel = await self._layer.new_channel("hub.")
                await self.rejoin()
                self._was_begun.set()
                while True:
                    self._deliver(await self._layer.receive(self._channel))
            except Exception:
                log.warning("hub_channel_lost", exc_info=True)
                self._channel = ""
                self._confirmed.clear()
                self._was_begun.set()
                await asyncio.sleep(0.5 + random.random())  # noqa: S311 -- jitter, not a secret
                when_lost()

    async def join(self, group: str) -> None:
        """Join a group now, or as soon as the layer can be reached: what is sent from now on comes.

        Redis is told of the group, and does not say when it knows. It answers in the order in which
        it was asked: once a message to ourselves has come back, the group is known.
        """
        self._groups.add(group)
        if group in self._confirmed:
            return
        await self._until_begun()
        if await self._call("group_add", group) and await self._echo() and group in self._groups:
            self._confirmed.add(group)

    async def leave(self, group: str) -> None:
        """Leave a group."""
        self._groups.discard(group)
        self._confirmed.discard(group)
        await self._call("group_discard", group)

    def groups(self) -> set[str]:
        """Return the groups that are wanted."""
        return set(self._groups)

    async def leave_all(self) -> None:
        """Leave every group: the process stops."""
        for group in tuple(self._groups):
            await self.leave(group)

    async def rejoin(self) -> None:
        """Join every wanted group again: free where joined, and heals a layer that forgot."""
        for group in tuple(self._groups):
            if not await self._call("group_add", group):
                return

    async def _call(self, method: str, group: str) -> bool:
        if not self._channel:
            return False
        try:
            async with asyncio.timeout(_LAYER_TIMEOUT_S):
                await getattr(self._layer, method)(group, self._channel)
        except Exception as error:  # noqa: BLE001 -- each layer has errors of its own
            log.warning("channel_layer_unreachable", action=method, group=group, error=str(error))
            return False
        return True

    async def _until_begun(self) -> None:
        """Let the first channel be made, or fail: whoever comes first misses nothing either."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAYER_TIMEOUT_S):
                await self._was_begun.wait()

    async def _echo(self) -> bool:
        """Send ourselves a message and wait for it; say whether it came."""
        number = next(self._numbers)
        back = self._echoes[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_LAYER_TIMEOUT_S):
                await self._layer.send(self._channel, {"type": _ECHO, "number": number})
                await back
        except Exception as error:  # noqa: BLE001 -- each layer has errors of its own
            log.warning("channel_layer_unreachable", action=_ECHO, error=str(error))
            return False
        finally:
            del self._echoes[number]
        return True

    def _deliver(self, message: dict[str, Any]) -> None:
        if message.get("type") == _ECHO:
            back = self._echoes.get(message["number"])
            if back is not None and not back.done():
                back.set_result(None)
            return
        try:
            self._handle(message)
        except Exception:  # one bad message must not stop the others; seq tells what is missing
            log.exception("hub_message_failed", message_type=message.get("type"))
