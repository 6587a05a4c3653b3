"""The hub's one channel on the channel layer, and the groups it listens to.

The layer is never trusted: messages may be lost, doubled or late, and the pub/sub layer does
not say so. What is heard here is a hint that the hub checks by seq.
"""

import asyncio
import random
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)
_LAYER_TIMEOUT_S: Final = 2.0


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
        self._channel = ""

    async def run(self, when_lost: Callable[[], None]) -> None:
        """Receive for ever; after an error begin anew with a new channel and call `when_lost`."""
        while True:
            try:
                self._channel = await self._layer.new_channel("hub.")
                await self.rejoin()
                while True:
                    self._deliver(await self._layer.receive(self._channel))
            except Exception:
                log.warning("hub_channel_lost", exc_info=True)
                self._channel = ""
                await asyncio.sleep(0.5 + random.random())  # noqa: S311 -- jitter, not a secret
                when_lost()

    async def join(self, group: str) -> None:
        """Join a group now, or as soon as the layer can be reached."""
        self._groups.add(group)
        await self._call("group_add", group)

    async def leave(self, group: str) -> None:
        """Leave a group."""
        self._groups.discard(group)
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

    def _deliver(self, message: dict[str, Any]) -> None:
        try:
            self._handle(message)
        except Exception:  # one bad message must not stop the others; seq tells what is missing
            log.exception("hub_message_failed", message_type=message.get("type"))
