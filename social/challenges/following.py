"""From the journal to challenges: what the book said to acceptances, and how markets ended.

The web process that waits for the book writes the same down sooner. Here it is written even where
that process has died.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.trading.models import JournalBatch
from exchange.trading.subscribing import following
from exchange.trading.subscribing.following import Subscriber, entries_of
from social.challenges.accepting import finish
from social.challenges.results import tell_results
from social.challenges.services import expire_in_markets


@dataclass(frozen=True, slots=True)
class Crossed:
    """The book's answer to a cross; `reason` is "" where it was made."""

    command_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class MarketOver:
    """A market trades no more; `is_settled` says that it has a result by now."""

    market: int
    is_settled: bool


Change = Crossed | MarketOver
_OVER = frozenset({"MarketClosed", "MarketSettled", "MarketVoided"})


def follow_journal() -> int:
    """Take in what was journaled since the cursors; return how many changes that was.

    Runs transactions of its own and must not be called inside one.
    """
    return following.follow_journal(_CHALLENGES)


def changes_of(entries: Iterable[Sequence[Any]]) -> Iterator[Change]:
    """Return what concerns challenges of a batch's entries, in order."""
    for command_id, command, events in entries:
        if command["type"] == "CrossTrade":
            yield Crossed(
                command_id, next((one["reason"] for one in events if "reason" in one), "")
            )
        for event in events:
            if event["type"] in _OVER:
                yield MarketOver(event["market"], event["type"] == "MarketSettled")


def _prepare(batches: Sequence[JournalBatch]) -> list[Change]:
    return [change for batch in batches for change in changes_of(entries_of(batch))]


def _write(changes: Sequence[Change]) -> int:
    for change in changes:
        if isinstance(change, Crossed):
            finish(command_id=change.command_id, reason=change.reason)
        else:
            expire_in_markets([change.market])
            if change.is_settled:
                tell_results(change.market)
    return len(changes)


_CHALLENGES = Subscriber("challenges", _prepare, _write)
