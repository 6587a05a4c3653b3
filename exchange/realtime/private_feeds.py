"""Open feeds and what not everybody may see: who may is told to read anew, nobody else anything.

One message reaches each hub, which asks the policy about the members whose feeds it shows. They get
a reset: a frame without content, which says nothing that could leak and needs no seqs of their own.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from core.live import topic_group
from exchange.realtime.background import Background
from exchange.realtime.failures import failures
from exchange.realtime.limits import FLUSH_INTERVAL_S
from exchange.realtime.listener import Listener
from exchange.realtime.markets import Read
from exchange.realtime.sockets import Subscription
from exchange.realtime.topics import TopicHub
from social.activities.audiences import (
    PRIVATE_TOPIC,
    PrivateActivity,
    find_viewers,
    read_activities,
)


class PrivateFeeds:
    """What the hub does about activities that are kept from some. Lives on the event loop."""

    def __init__(
        self, topics: TopicHub, listener: Listener, read: Read, background: Background
    ) -> None:
        self._topics = topics
        self._listener = listener
        self._read = read
        self._background = background
        self._heard: list[PrivateActivity] = []
        self._has_joined = False

    async def listen(self) -> None:
        """Hear of such activities from now on: somebody shows a feed."""
        if not self._has_joined:
            self._has_joined = True
            await self._listener.join(topic_group(PRIVATE_TOPIC))

    def receive(self, payload: Mapping[str, Any]) -> None:
        """Take a message of PRIVATE_TOPIC."""
        is_first = not self._heard
        self._heard += read_activities(payload["activities"])
        if is_first:
            self._background.start(self._tell_soon())

    async def _tell_soon(self) -> None:
        """Tell of what comes in together at once, a moment later."""
        await asyncio.sleep(FLUSH_INTERVAL_S)
        heard, self._heard = self._heard, []
        for activity in heard:
            try:
                await self._tell(activity)
            except Exception as error:  # noqa: BLE001 -- an open page looks by itself as well
                failures.warn("private_feeds_not_told", error)

    async def _tell(self, activity: PrivateActivity) -> None:
        members = {subscription.socket.visitor.user_id for subscription in self._shown(activity)}
        viewers = await self._read(find_viewers, activity, members - {None})
        for subscription in self._shown(activity):
            if subscription.socket.visitor.user_id in viewers:
                subscription.sent = None
                subscription.mark()

    def _shown(self, activity: PrivateActivity) -> Iterator[Subscription]:
        """Yield the subscriptions to feeds that the activity belongs to."""
        about = [
            "feed.all",
            f"feed.member.{activity.actor_id}",
            f"feed.market.{activity.market_id}",
        ]
        for topic in about:
            for feed in self._topics.feeds_of(topic):
                yield from tuple(feed.subscriptions)
