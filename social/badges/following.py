"""When badges are looked for: after trades and results by the journal, else at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from exchange.ledger.selectors import get_owners
from exchange.trading.models import JournalBatch, Position
from exchange.trading.subscribing import following
from exchange.trading.subscribing.following import Subscriber, entries_of
from social.activities.models import Verb
from social.activities.services import NewActivity
from social.badges.rules import Trigger
from social.badges.services import award_badges

_SOCIAL: Final = frozenset({Verb.COMMENTED, Verb.FOLLOWED, Verb.CHALLENGED, Verb.ACCEPTED})


@dataclass(slots=True)
class Touched:
    """Whom some batches concern: who traded, in which trades, and who had a result."""

    trades: set[int] = field(default_factory=set)
    traded: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)


def follow_journal() -> int:
    """Award what was earned by what was journaled since the cursors; return how many badges.

    Runs transactions of its own and must not be called inside one.
    """
    return following.follow_journal(_BADGES)


def follow_activities(*, activities: Iterable[NewActivity], **_: Any) -> None:
    """Award what members have earned by what they did, or had done to them. In its transaction."""
    members = {
        member
        for activity in activities
        if activity.verb in _SOCIAL
        for member in (activity.actor_id, activity.target_user_id)
        if member is not None
    }
    if members:
        award_badges(among=members, triggers=(Trigger.SOCIAL,))


def _prepare(batches: Sequence[JournalBatch]) -> Touched:
    trades: set[int] = set()
    traded: set[int] = set()
    markets: set[int] = set()
    for batch in batches:
        for _, _, events in entries_of(batch):
            for event in events:
                if event["type"] == "TradeExecuted":
                    trades.add(event["trade"])
                    traded.update((event["maker_account"], event["taker_account"]))
                elif event["type"] == "MarketSettled":
                    markets.add(event["market"])
    holders = set(Position.objects.filter(market__in=markets).values_list("account_id", flat=True))
    return Touched(trades, _members(traded), _members(holders))


def _members(account_ids: Iterable[int]) -> set[int]:
    return {owner.user_id for owner in get_owners(account_ids).values() if not owner.is_bot}


def _write(touched: Touched) -> int:
    traded = award_badges(among=touched.traded, triggers=(Trigger.TRADED,), trades=touched.trades)
    return traded + award_badges(among=touched.settled, triggers=(Trigger.SETTLED,))


_BADGES: Final = Subscriber("badges", _prepare, _write)
