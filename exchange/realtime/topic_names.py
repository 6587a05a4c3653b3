"""Channels that are topics: what a client names, and which topic that is.

notifications              the member's own              notifications.<user id>
feed                       what everybody does           feed.all
feed       member=<handle> what a member does            feed.member.<user id>
feed       market=<slug>   what happens in a market      feed.market.<market id>
candles    market=<slug>                                 candles.<market id>
event      event=<slug>    an event and its markets      event.<event id>
leaderboard  name=<name>                                 leaderboard.<name>
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.errors import Code, Problem
from exchange.realtime import reading
from exchange.realtime.requests import Snapshot, Subscribe, Unsubscribe
from social.leaderboards.selectors import Board

Named = Subscribe | Unsubscribe | Snapshot

_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "notifications": (),
    "feed": ("member", "market"),
    "candles": ("market",),
    "event": ("event",),
    "leaderboard": ("name",),
}
_ALONE: Final = frozenset({"notifications", "feed"})
TOPIC_CHANNELS: Final = tuple(_ARGUMENTS)


@dataclass(frozen=True, slots=True)
class Address:
    """A channel and the one thing it is about, as the client named it."""

    channel: str
    argument: str = ""
    value: str = ""

    @property
    def key(self) -> str:
        """The subscription's name in heartbeats: "feed", "candles:rain", "feed:@alice"."""
        if not self.argument:
            return self.channel
        return f"{self.channel}:{'@' if self.argument == 'member' else ''}{self.value}"

    @property
    def members(self) -> dict[str, str]:
        """What each frame says of where it belongs."""
        named = {self.argument: self.value} if self.argument else {}
        return {"channel": self.channel, **named}


def address_of(request: Named) -> Address:
    """Return what a request about a topic names. Raises Problem INVALID."""
    known = _ARGUMENTS[request.channel]
    named = {name: getattr(request, name) for name in ("market", "member", "event", "name")}
    given = {name: value for name, value in named.items() if value is not None}
    if given.keys() - set(known) or len(given) > 1:
        raise Problem(Code.INVALID, f"{request.channel} takes {' or '.join(known) or 'no name'}.")
    if not given and request.channel not in _ALONE:
        raise Problem(Code.INVALID, f"Name the {known[0]}.")
    return Address(request.channel, *next(iter(given.items()), ()))


def find_topic(address: Address, user_id: int | None) -> str:
    """Return the topic of an address; blocking. Raises Problem where a visitor may not have it."""
    if address.channel == "notifications":
        if user_id is None:
            raise Problem(Code.NOT_AUTHENTICATED)
        return f"notifications.{user_id}"
    if address.channel == "leaderboard":
        return f"leaderboard.{_board(address.value)}"
    if address.argument == "event":
        return f"event.{reading.find_event(address.value)}"
    if address.argument == "member":
        return f"feed.member.{reading.find_member(address.value)}"
    if address.argument == "market":
        reading.check_slug(address.value)
        return f"{_market_topic(address.channel)}.{reading.find_market(address.value)}"
    return "feed.all"


def _board(name: str) -> str:
    # Any name would be a group of its own, kept for whoever asks.
    if name not in Board.values:
        raise Problem(Code.NOT_FOUND, f"There is no leaderboard {name[:160]!r}.")
    return name


def _market_topic(channel: str) -> str:
    return "feed.market" if channel == "feed" else channel
