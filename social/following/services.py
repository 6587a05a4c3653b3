"""Following members and markets."""

from django.db import transaction

from accounts.models import Follow, User
from accounts.visibility import Kind, may_see
from core.errors import Code, Problem
from core.notices import Notice, give_notices
from exchange.markets.models import Market
from social.activities.models import Verb
from social.activities.services import NewActivity, record_activity, take_back_activities
from social.following.models import MarketFollow


@transaction.atomic
def follow_member(*, follower: User, followed: User) -> bool:
    """Have a member follow another, who is told the first time; return whether that is new.

    Opens a transaction. Raises Problem CANNOT_FOLLOW_YOURSELF.
    """
    if follower.pk == followed.pk:
        raise Problem(Code.CANNOT_FOLLOW_YOURSELF)
    _, is_new = Follow.objects.get_or_create(follower=follower, followed=followed)
    if is_new:
        key = _member_key(follower, followed)
        record_activity(
            NewActivity(
                verb=Verb.FOLLOWED, key=key, actor_id=follower.pk, target_user_id=followed.pk
            )
        )
        _tell(follower, followed, key)
    return is_new


@transaction.atomic
def unfollow_member(*, follower: User, followed: User) -> bool:
    """Have a member follow another no more; return whether they did. Opens a transaction."""
    gone, _ = Follow.objects.filter(follower=follower, followed=followed).delete()
    take_back_activities([_member_key(follower, followed)])
    return bool(gone)


@transaction.atomic
def follow_market(*, follower: User, market: Market) -> bool:
    """Have a member follow a market; return whether that is new. Opens a transaction."""
    _, is_new = MarketFollow.objects.get_or_create(follower=follower, market=market)
    if is_new:
        record_activity(
            NewActivity(
                verb=Verb.FOLLOWED,
                key=_market_key(follower, market),
                actor_id=follower.pk,
                market_id=market.pk,
            )
        )
    return is_new


@transaction.atomic
def unfollow_market(*, follower: User, market: Market) -> bool:
    """Have a member follow a market no more; return whether they did. Opens a transaction."""
    gone, _ = MarketFollow.objects.filter(follower=follower, market=market).delete()
    take_back_activities([_market_key(follower, market)])
    return bool(gone)


def _tell(follower: User, followed: User, key: str) -> None:
    """Tell the followed, unless whom the follower follows is not theirs to know."""
    if not may_see(followed, follower, Kind.FOLLOWS):
        return
    notice = Notice(
        user_id=followed.pk,
        kind="followed",
        key=key,
        url=follower.get_absolute_url(),
        actor_id=follower.pk,
        data={"text": f"{follower.handle} follows you"},
    )
    give_notices([notice])


def _member_key(follower: User, followed: User) -> str:
    return f"follow:{follower.pk}:{followed.pk}"


def _market_key(follower: User, market: Market) -> str:
    return f"follow-market:{follower.pk}:{market.pk}"
