"""Who is told what of a challenge: notices to its members, activities for the feeds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from core.notices import Notice, give_notices
from social.activities.models import Verb
from social.activities.services import NewActivity, record_activity, take_back_activities
from social.challenges.models import Challenge

NOTICE_KIND: Final = "challenge"
_TEXTS: Final = {
    "offered": "{who} challenges you",
    "accepted": "{who} accepted your challenge",
    "declined": "{who} declined your challenge",
    "withdrawn": "{who} withdrew the challenge to you",
    "expired": "Your challenge was not accepted in time",
    "won": "You won the challenge with {who}",
    "lost": "You lost the challenge with {who}",
}


@dataclass(frozen=True, slots=True)
class News:
    """What one member is told of a challenge; its members and market should be there already."""

    challenge: Challenge
    what: str
    user_id: int
    actor_id: int | None


def tell(challenge: Challenge, what: str, *, user_id: int | None, actor_id: int | None) -> None:
    """Give one member a notice of what became of a challenge. Requires the transaction."""
    if user_id is not None:
        tell_all([News(challenge, what, user_id, actor_id)])


def tell_all(news: Iterable[News]) -> None:
    """Give the notices of many challenges at once. Requires the transaction."""
    give_notices([_notice(one) for one in news])


def _notice(news: News) -> Notice:
    challenge = news.challenge
    members = (challenge.challenger, challenge.opponent)
    who = next((one.handle for one in members if one and one.pk == news.actor_id), "Somebody")
    return Notice(
        user_id=news.user_id,
        kind=NOTICE_KIND,
        key=f"challenge:{challenge.pk}:{news.what}",
        url=challenge.get_absolute_url(),
        actor_id=news.actor_id,
        data={
            "what": news.what,
            "text": _TEXTS[news.what].format(who=who),
            "about": challenge.market.title,
            **facts_of(challenge),
        },
    )


def record(challenge: Challenge, verb: Verb) -> None:
    """Write down that a challenge was made or accepted. Requires the transaction.

    One by link is told of when it is accepted: before, only its link leads to it.
    """
    is_made = verb == Verb.CHALLENGED
    pair = (challenge.challenger_id, challenge.opponent_id)
    actor_id, target_id = pair if is_made else pair[::-1]
    record_activity(
        NewActivity(
            verb=verb,
            key=_activity_key(challenge, verb),
            actor_id=actor_id,
            target_user_id=target_id,
            market_id=challenge.market_id,
            target_id=challenge.pk,
            data=facts_of(challenge),
        )
    )


def take_back(challenge: Challenge, verb: Verb) -> None:
    """Forget that a challenge was made, as it is no more. Requires the transaction."""
    take_back_activities([_activity_key(challenge, verb)])


def _activity_key(challenge: Challenge, verb: Verb) -> str:
    return f"{verb}:{challenge.pk}"


def facts_of(challenge: Challenge) -> dict[str, Any]:
    """Return what is offered, as JSON has it; money in ticks."""
    return {
        "market": challenge.market_id,
        "contract": challenge.contract_id,
        "side": challenge.side,
        "price_ticks": challenge.price_ticks,
        "quantity": challenge.quantity,
    }
