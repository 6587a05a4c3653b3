"""Reads of comments, as everybody may read them."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
)
from django.db.models.functions import Coalesce

from accounts.visibility import Kind, Viewer, seen_by
from exchange.markets.models import Market
from exchange.markets.outcomes import name_traded
from exchange.trading.models import Position, Side
from social.comments.models import Comment

REPLIES_SHOWN: Final = 20
# More than any comment's id, so that one number orders by answers first, then by age.
_BEYOND_IDS: Final = 10**13


class CommentOrder(TextChoices):
    """How threads are ordered."""

    NEWEST = "newest"
    BEST = "best"


_IS_SHOWN: Final = Q(deleted_at=None, hidden_at=None)


def list_threads(market: Market) -> QuerySet[Comment]:
    """Return a market's threads, newest first, each with its first replies.

    `replies_shown` has one more reply than are to be shown where there are more.
    """
    replies = Comment.objects.filter(_IS_SHOWN, parent=OuterRef("pk"))
    threads = _rows().filter(_IS_SHOWN | Exists(replies), market=market, parent=None)
    first = list_replies()[: REPLIES_SHOWN + 1]
    return threads.prefetch_related(
        Prefetch("replies", queryset=first, to_attr="replies_shown")
    ).order_by("-id")


def order_threads(threads: QuerySet[Comment], order: CommentOrder) -> QuerySet[Comment]:
    """Return threads in an order; best has a `sort_key`, the greatest first.

    Best are those that most other members answered, each counted once however much they write,
    the author not at all. Of equals the newest is first.
    """
    if order == CommentOrder.NEWEST:
        return threads.order_by("-id")
    answers = Comment.objects.filter(_IS_SHOWN, parent=OuterRef("pk"), author__is_active=True)
    others = answers.exclude(author=OuterRef("author")).order_by().values("parent")
    counted = others.annotate(count=Count("author", distinct=True)).values("count")
    key = Coalesce(Subquery(counted), 0) * Value(_BEYOND_IDS) + F("id")
    ranked = threads.annotate(sort_key=ExpressionWrapper(key, output_field=BigIntegerField()))
    return ranked.order_by("-sort_key")


def list_replies(thread: Comment | None = None) -> QuerySet[Comment]:
    """Return the replies of a thread (of all of them), oldest first."""
    replies = _rows().filter(_IS_SHOWN, parent__isnull=False)
    return (replies if thread is None else replies.filter(parent=thread)).order_by("id")


def replies_of(comment: Comment) -> list[Comment]:
    """Return the first replies of a thread; one more than are shown, where there are more."""
    if hasattr(comment, "replies_shown"):
        return list(comment.replies_shown)
    return [] if comment.parent_id else list(list_replies(comment)[: REPLIES_SHOWN + 1])


def get_comment(comment_id: int) -> Comment | None:
    """Return a comment with its market; None where there is none, or on a draft."""
    rows = (
        _rows()
        .select_related("parent__author")
        .prefetch_related("parent__mentions")
        .exclude(market__status="draft")
    )
    return rows.filter(pk=comment_id).first()


def count_comments(market: Market) -> int:
    """Return how many comments there are to read."""
    return Comment.objects.filter(_IS_SHOWN, market=market).count()


def positions_of(market: Market, comments: Iterable[Comment], viewer: Viewer) -> Mapping[int, str]:
    """Return, by author, what they hold in the market, of those who let the viewer see it.

    One query: "10 Yes", "5 Brazil sold".
    """
    authors = {comment.author_id for comment in comments}
    rows = (
        Position.objects.filter(
            seen_by(viewer, Kind.POSITIONS, "account__owner"),
            market=market,
            account__owner__in=authors,
        )
        .exclude(quantity=0)
        .select_related("account")
        .order_by("contract__position")
    )
    names = {contract.pk: contract.name for contract in market.contracts.all()}
    found: dict[int, list[str]] = {}
    for row in rows:
        owner = row.account.owner_id
        assert owner is not None, "the owners were asked for"
        words = _words(names[row.contract_id], row.quantity, is_yes_no=len(names) == 1)
        found.setdefault(owner, []).append(words)
    return {owner: ", ".join(words) for owner, words in found.items()}


def _words(name: str, quantity: int, *, is_yes_no: bool) -> str:
    side = Side.BUY if quantity > 0 else Side.SELL
    verb, held = name_traded(name, side.value, is_yes_no=is_yes_no)
    return f"{abs(quantity):,} {held}{'' if verb == Side.BUY else ' sold'}"


def _rows() -> QuerySet[Comment]:
    return Comment.objects.select_related("author", "market").prefetch_related("mentions")
