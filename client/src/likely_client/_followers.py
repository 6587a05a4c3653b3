"""Who follows a channel of the live feed, and how channels are named."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from likely_client.errors import LikelyError

Frame = Mapping[str, Any]
_ADDRESS: Final = ("market", "event", "name")


class Follower(Protocol):
    """Who follows a channel. All is called on the connection's loop."""

    members: Mapping[str, str]  # the channel, and what it is about

    def since(self) -> int | None:
        """Return how far it has come; None where it needs everything."""

    def take(self, frame: Frame) -> bool:
        """Take a frame; False where something is missing: a snapshot is asked for."""

    def is_behind(self, seq: int) -> bool:
        """Whether frames up to `seq` are not all here."""

    def miss(self) -> None:
        """Note that frames were lost."""

    def lag(self, *, is_lagging: bool) -> None:
        """Note whether what is told comes late."""

    def end(self, error: LikelyError | None) -> None:
        """Note that the connection is gone; for good where there is an error."""


def key_of(members: Mapping[str, Any]) -> str:
    """Return a subscription's name, as heartbeats have it: "book:rain", "account"."""
    channel = str(members["channel"])
    if "member" in members:
        return f"{channel}:@{members['member']}"
    value = next((members[name] for name in _ADDRESS if name in members), None)
    return channel if value is None or channel == "account" else f"{channel}:{value}"
