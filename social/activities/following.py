"""From the journal into the feeds: each thing that was done becomes one activity, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from exchange.ledger.selectors import Owner, get_owners
from exchange.trading.models import JournalBatch
from exchange.trading.subscribing import following
from exchange.trading.subscribing.following import Subscriber, entries_of
from exchange.trading.times import to_datetime
from social.activities.changes import Change, MarketStep, Trading, Win, changes_of
from social.activities.models import Verb
from social.activities.services import NewActivity, record_activities

Owners = Mapping[int, Owner]


def follow_journal() -> int:
    """Write down what was done since the cursors; return how many activities that was.

    Runs transactions of its own and must not be called inside one.
    """
    return following.follow_journal(_FEED)


def _prepare(batches: Sequence[JournalBatch]) -> list[NewActivity]:
    changes = [
        (to_datetime(batch.time_ms), change)
        for batch in batches
        for change in changes_of(entries_of(batch))
    ]
    owners = get_owners({c.account for _, c in changes if not isinstance(c, MarketStep)})
    made = (_activity(change, owners, at) for at, change in changes)
    return [activity for activity in made if activity is not None]


def _activity(change: Change, owners: Owners, at: datetime) -> NewActivity | None:
    """Return what a change is as an activity; None for what concerns no member.

    A bot's single trades are left out: they would bury what people do, and are on the tape.
    """
    if isinstance(change, MarketStep):
        return _step_activity(change, at)
    owner = owners.get(change.account)
    if owner is None:
        return None
    if isinstance(change, Win):
        return _win_activity(change, owner.user_id, at)
    return None if owner.is_bot else _trading_activity(change, owner.user_id, at)


def _step_activity(change: MarketStep, at: datetime) -> NewActivity:
    data = {"winner": change.winner} if change.verb == Verb.SETTLED else {}
    return NewActivity(
        verb=change.verb, key=change.key, market_id=change.market, data=data, created_at=at
    )


def _win_activity(change: Win, owner: int, at: datetime) -> NewActivity:
    return NewActivity(
        verb=Verb.WON,
        key=change.key,
        actor_id=owner,
        market_id=change.market,
        data={"amount_ticks": change.amount_ticks},
        created_at=at,
    )


def _trading_activity(change: Trading, owner: int, at: datetime) -> NewActivity:
    return NewActivity(
        verb=Verb.TRADED,
        key=change.key,
        actor_id=owner,
        market_id=change.market,
        data={
            "contract": change.contract,
            "side": change.side,
            "quantity": change.quantity,
            "notional_ticks": change.notional_ticks,
        },
        created_at=at,
    )


_FEED: Final = Subscriber("feed", _prepare, record_activities)
