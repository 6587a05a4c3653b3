"""Writing comments: once each, within limits, and telling whom they concern."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.access import is_own
from accounts.models import User
from core.errors import Code, Problem
from core.live import push
from core.notices import Notice, give_notices, withdraw_notices
from exchange.markets.models import Market
from social.activities.models import Activity, Verb
from social.activities.services import NewActivity, record_activity, take_back_activities
from social.comments.markdown import excerpt_of, find_mentions
from social.comments.models import Comment, CommentRevision

BODY_MAX: Final = 4_000
MENTIONS_MAX: Final = 10
# How often a member may write or edit comments in which time; (5, a minute) lets a talk flow.
LIMITS: Final = ((5, timedelta(minutes=1)), (100, timedelta(days=1)))
_TOLD: Final = {"mention": "mentioned you", "reply": "replied to you"}


@transaction.atomic
def post_comment(
    *, author: User, market: Market, body: str, parent: Comment | None = None
) -> Comment:
    """Write a comment on a market, or a reply to one; tell who is replied to or mentioned.

    Opens a transaction. Raises Problem INVALID, COMMENT_GONE, TOO_MANY_COMMENTS.
    """
    text = _checked(body)
    _lock_writer(author)
    _check_limits(author)
    if parent is not None and not parent.is_shown:
        raise Problem(Code.COMMENT_GONE)
    thread = parent and (parent.parent or parent)
    comment = Comment.objects.create(market=market, author=author, parent=thread, body=text)
    mentioned = _mention(comment)
    record_activity(_activity(comment))
    _tell(comment, mentioned, replied_to=parent)
    _refresh_pages(comment)
    return comment


@transaction.atomic
def edit_comment(*, editor: User, comment: Comment, body: str) -> Comment:
    """Change what a comment says; what it said is kept for moderators.

    An edit counts as much as a new comment does: it tells as many. Opens a transaction. Raises
    Problem INVALID, COMMENT_NOT_YOURS, COMMENT_GONE, TOO_MANY_COMMENTS.
    """
    text = _checked(body)
    _lock_writer(editor)
    comment = _lock_own(editor, comment)
    if text == comment.body:
        return comment
    _check_limits(editor)
    CommentRevision.objects.create(comment=comment, body=comment.body)
    before = set(comment.mentions.values_list("pk", flat=True))
    comment.body, comment.edited_at = text, timezone.now()
    comment.save(update_fields=["body", "edited_at"])
    mentioned = [member for member in _mention(comment) if member.pk not in before]
    _tell(comment, mentioned, replied_to=None)
    activity = Activity.objects.filter(key=_key(comment))
    activity.update(data={"excerpt": excerpt_of(text), "url": _url(comment)})
    _refresh_pages(comment)
    return comment


@transaction.atomic
def delete_comment(*, author: User, comment: Comment) -> None:
    """Take a comment back; its place is kept while there are replies.

    Opens a transaction. Raises Problem COMMENT_NOT_YOURS, COMMENT_GONE.
    """
    comment = _lock_own(author, comment)
    now = timezone.now()
    CommentRevision.objects.create(comment=comment, body=comment.body, replaced_at=now)
    comment.body, comment.deleted_at = "", now
    comment.save(update_fields=["body", "deleted_at"])
    comment.mentions.clear()
    _take_back([comment])
    _refresh_pages(comment)


@transaction.atomic
def set_hidden(*, comments: Collection[Comment], is_hidden: bool) -> int:
    """Hide comments from everybody, or show them again; return how many changed.

    Who was told of a hidden one is told no more, nor anew when it is shown again. For
    moderators. Opens a transaction.
    """
    ids = [comment.pk for comment in comments]
    rows = Comment.objects.filter(pk__in=ids, hidden_at__isnull=is_hidden, deleted_at=None)
    changed = list(rows.select_for_update().select_related("market", "author"))
    rows.filter(pk__in=[comment.pk for comment in changed]).update(
        hidden_at=timezone.now() if is_hidden else None
    )
    if is_hidden:
        _take_back(changed)
    for comment in changed:
        if not is_hidden:
            record_activity(_activity(comment))
        _refresh_pages(comment)
    return len(changed)


def _checked(body: str) -> str:
    """Return a text without what nobody sees at its ends. Raises Problem INVALID."""
    text = body.replace("\r\n", "\n").strip()
    if not 1 <= len(text) <= BODY_MAX or "\0" in text:
        detail = f"Write 1 to {BODY_MAX:,} characters."
        error = {"field": "body", "code": "invalid", "detail": detail}
        raise Problem(Code.INVALID, detail, errors=(error,))
    return text


def _lock_writer(author: User) -> None:
    """Have two at once of one member wait for each other, so that both count."""
    # FOR NO KEY UPDATE: a mention of this member by another, who is as far, must not wait for it.
    User.objects.select_for_update(no_key=True).get(pk=author.pk)


def _check_limits(author: User) -> None:
    """Refuse who writes too much. Raises Problem TOO_MANY_COMMENTS. Needs the writer's lock."""
    now = timezone.now()
    for count, period in LIMITS:
        times = _last_writings(author, count, since=now - period)
        if len(times) == count:
            wait_s = ceil((times[-1] + period - now).total_seconds())
            raise Problem(Code.TOO_MANY_COMMENTS, retry_after_s=max(1, wait_s))


def _last_writings(author: User, count: int, *, since: datetime) -> Sequence[datetime]:
    """Return when a member last wrote or edited comments, the last first."""
    written = Comment.objects.filter(author=author, created_at__gt=since)
    # Whoever deletes a comment, which keeps what it said too, writes nothing.
    edits = CommentRevision.objects.filter(comment__author=author, replaced_at__gt=since)
    edits = edits.exclude(replaced_at=F("comment__deleted_at"))
    times = [
        *written.order_by("-created_at").values_list("created_at", flat=True)[:count],
        *edits.order_by("-replaced_at").values_list("replaced_at", flat=True)[:count],
    ]
    return sorted(times, reverse=True)[:count]


def _lock_own(author: User, comment: Comment) -> Comment:
    """Return the comment as it is now, and nobody else changes it meanwhile."""
    found = Comment.objects.select_for_update().get(pk=comment.pk)
    if not is_own(author.pk, found.author_id):
        raise Problem(Code.COMMENT_NOT_YOURS)
    if not found.is_shown:
        raise Problem(Code.COMMENT_GONE)
    return found


def _mention(comment: Comment) -> Sequence[User]:
    """Keep whom a comment mentions, of those there are; return them."""
    handles = [handle.lower() for handle in find_mentions(comment.body)[:MENTIONS_MAX]]
    members = User.objects.alias(key=Lower("handle")).filter(key__in=handles, is_active=True)
    found = list(members)
    comment.mentions.set(found)
    return found


def _tell(comment: Comment, mentioned: Sequence[User], *, replied_to: Comment | None) -> None:
    """Tell each whom it concerns once: who is replied to is not told of a mention besides."""
    kinds = {member.pk: "mention" for member in mentioned}
    if replied_to is not None:
        kinds[replied_to.author_id] = "reply"
    kinds.pop(comment.author_id, None)
    give_notices(
        [
            Notice(
                user_id=user_id,
                kind=kind,
                key=_key(comment),
                url=_url(comment),
                actor_id=comment.author_id,
                data={
                    "text": f"{comment.author.handle} {_TOLD[kind]}",
                    "about": comment.market.title,
                    "excerpt": excerpt_of(comment.body),
                },
            )
            for user_id, kind in sorted(kinds.items())
        ]
    )


def _take_back(comments: Collection[Comment]) -> None:
    """Forget comments wherever a few words of them stand: in feeds, bells and mails to come."""
    keys = [_key(comment) for comment in comments]
    take_back_activities(keys)
    withdraw_notices(keys=keys)


def _activity(comment: Comment) -> NewActivity:
    return NewActivity(
        verb=Verb.COMMENTED,
        key=_key(comment),
        actor_id=comment.author_id,
        market_id=comment.market_id,
        target_id=comment.pk,
        data={"excerpt": excerpt_of(comment.body), "url": _url(comment)},
        created_at=comment.created_at,
    )


def _refresh_pages(comment: Comment) -> None:
    """Hint at a change to pages that show the market's comments."""
    push(f"feed.market.{comment.market_id}", {"comment": str(comment.pk)})


def _url(comment: Comment) -> str:
    return f"{reverse('web:comment', args=[comment.pk])}#comment-{comment.pk}"


def _key(comment: Comment) -> str:
    return f"comment:{comment.pk}"
