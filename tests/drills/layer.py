"""The channel layer of production on a bad day: messages are dropped, doubled and overtaken."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

log = logging.getLogger(__name__)

_LATE_S_MAX = 0.5
_TELL_EACH = 5


class UnreliableLayer(RedisPubSubChannelLayer):
    """Spoils one in `one_in` of the messages sent, none at 0; the log says how many of each."""

    def __init__(self, *args: Any, one_in: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._one_in = one_in
        self._chance = random.Random()
        self._late: set[asyncio.Task[None]] = set()
        self._counts = {"drop": 0, "double": 0, "late": 0}

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        await self._spoil(lambda: self._get_layer().send(channel, message))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._spoil(lambda: self._get_layer().group_send(group, message))

    async def _spoil(self, send: Callable[[], Awaitable[None]]) -> None:
        if not self._one_in or self._chance.randrange(self._one_in):
            await send()
            return
        fault = self._chance.choice(tuple(self._counts))
        self._count(fault)
        if fault == "double":
            await send()
            await send()
        elif fault == "late":
            task = asyncio.get_running_loop().create_task(self._send_late(send))
            self._late.add(task)
            task.add_done_callback(self._late.discard)

    async def _send_late(self, send: Callable[[], Awaitable[None]]) -> None:
        """Let whatever is sent meanwhile overtake it."""
        await asyncio.sleep(self._chance.uniform(0, _LATE_S_MAX))
        try:
            await send()
        except Exception:  # noqa: BLE001 -- a message is a hint, also when it comes late
            log.info("a late message was lost")

    def _count(self, fault: str) -> None:
        self._counts[fault] += 1
        if sum(self._counts.values()) % _TELL_EACH == 0:
            said = " ".join(f"{name}={count}" for name, count in self._counts.items())
            log.warning("messages spoiled: %s", said)
            self._counts = dict.fromkeys(self._counts, 0)
