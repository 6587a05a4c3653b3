"""Who follows which channel over one connection, and whether they miss anything."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from likely_client._followers import Follower, Frame, key_of
from likely_client.errors import LikelyError

_GRACE_S: Final = 0.5  # a heartbeat may overtake the frames that it tells of


class Subscriptions:
    """Hands frames to their followers; `ask_again` is called for one who misses some."""

    def __init__(
        self, *, is_open: Callable[[], bool], ask_again: Callable[[Follower], None]
    ) -> None:
        self._followers: dict[str, list[Follower]] = {}
        self._is_open = is_open
        self._ask_again = ask_again

    def add(self, follower: Follower) -> bool:
        """Add a follower; say whether it is the first of its channel."""
        others = self._followers.setdefault(key_of(follower.members), [])
        others.append(follower)
        return len(others) == 1

    def remove(self, follower: Follower) -> bool:
        """Remove a follower; say whether nobody is left to follow its channel."""
        key = key_of(follower.members)
        followers = self._followers.get(key, [])
        if follower in followers:
            followers.remove(follower)
        if not followers:
            self._followers.pop(key, None)
        return not followers

    def take(self, frame: Frame) -> None:
        """Hand a channel's frame to all who follow it."""
        for follower in tuple(self._followers.get(key_of(frame), ())):
            if not follower.take(frame):
                self._ask_again(follower)

    def hear(self, frame: Frame) -> None:
        """Take what the exchange says of the line: how far it is, and how late."""
        for follower in self._everybody():
            follower.lag(is_lagging=bool(frame.get("lagging")))
        seqs = dict(frame.get("seqs") or {})
        if frame.get("account_seq") is not None:
            seqs["account"] = frame["account_seq"]
        self._check(seqs)

    def lose(self, error: LikelyError | None) -> None:
        """Tell everybody that the connection is gone; for good where there is an error."""
        for follower in self._everybody():
            follower.end(error)

    def to_resume(self) -> Iterator[tuple[Mapping[str, Any], Sequence[Follower]]]:
        """Yield what to subscribe to again, from where each has come, and who follows it."""
        for followers in tuple(self._followers.values()):
            if not followers:  # the last one left while others were subscribed
                continue
            sinces = [follower.since() for follower in followers]
            known = [since for since in sinces if since is not None]
            since = {"since": min(known)} if len(known) == len(sinces) else {}
            yield {**followers[0].members, **since}, followers

    def _everybody(self) -> list[Follower]:
        return [follower for followers in self._followers.values() for follower in followers]

    def _check(self, seqs: Mapping[str, int]) -> None:
        behind = [
            (follower, seq)
            for key, seq in seqs.items()
            for follower in self._followers.get(key, ())
            if follower.is_behind(seq)
        ]
        if behind:
            asyncio.get_running_loop().call_later(_GRACE_S, self._check_again, behind)

    def _check_again(self, behind: Sequence[tuple[Follower, int]]) -> None:
        for follower, seq in behind:
            if self._is_open() and follower.is_behind(seq):
                follower.miss()
                self._ask_again(follower)
