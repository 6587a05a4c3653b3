"""What a member did among others, in the export of their data."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q

from accounts.access import is_own
from accounts.export import Section, fields_of, rows_of
from accounts.models import User
from core.money import format_ticks
from social.activities.models import Activity
from social.badges.models import Badge
from social.challenges.models import Challenge
from social.comments.models import Comment, CommentReport
from social.comments.rendering import state_of
from social.following.models import MarketFollow

Row = Mapping[str, Any]


def sections(user: User) -> Iterator[Section]:
    """Return follows of markets, comments, reports, challenges, badges and activities."""
    follows = MarketFollow.objects.filter(follower=user).select_related("market")
    yield Section(name="followed_markets", rows=rows_of(follows, _follow))
    comments = Comment.objects.filter(author=user).select_related("market")
    yield Section(name="comments", rows=rows_of(comments, _comment))
    reports = CommentReport.objects.filter(reporter=user)
    names = ("comment_id", "reason", "text", "created_at", "resolved_at")
    yield Section(name="comment_reports", rows=rows_of(reports, fields_of(*names)))
    challenges = Challenge.objects.filter(Q(challenger=user) | Q(opponent=user)).select_related(
        "challenger", "opponent", "market", "contract"
    )
    yield Section(name="challenges", rows=rows_of(challenges, lambda row: _challenge(row, user)))
    badges = Badge.objects.filter(member=user)
    yield Section(name="badges", rows=rows_of(badges, fields_of("name", "awarded_at")))
    activities = Activity.objects.filter(actor=user).select_related("market")
    yield Section(name="activities", rows=rows_of(activities, _activity))


def _follow(row: MarketFollow) -> Row:
    return {"market": row.market.slug, "since": row.created_at}


def _comment(row: Comment) -> Row:
    return {
        "market": row.market.slug,
        "body": row.body,
        "state": state_of(row),
        "created_at": row.created_at,
        "edited_at": row.edited_at,
    }


def _challenge(row: Challenge, user: User) -> Row:
    """Return a challenge as its member knows it: whose it is, what they take, how it stands."""
    is_mine = is_own(user.pk, row.challenger_id)
    other = row.opponent if is_mine else row.challenger
    return {
        "is_mine": is_mine,
        "with": None if other is None else other.handle,
        "market": row.market.slug,
        "contract": row.contract.name,
        "side": row.side if is_mine else row.opponent_side,
        "price": format_ticks(row.price_ticks),
        "quantity": row.quantity,
        "message": row.message,
        "status": row.shown_status,
        "created_at": row.created_at,
        "decided_at": row.decided_at,
    }


def _activity(row: Activity) -> Row:
    return {
        "verb": row.verb,
        "market": None if row.market is None else row.market.slug,
        "created_at": row.created_at,
    }
