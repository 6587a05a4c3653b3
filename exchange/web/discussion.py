"""Comments as pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.access import is_own
from exchange.markets.models import Market
from exchange.web.paging import Page, get_page, get_sorted_page
from social.comments.models import Comment, ReportReason
from social.comments.rendering import html_of, state_of
from social.comments.selectors import (
    REPLIES_SHOWN,
    CommentOrder,
    count_comments,
    list_replies,
    list_threads,
    order_threads,
    positions_of,
    replies_of,
)
from social.comments.services import BODY_MAX

THREADS_PER_PAGE: Final = 15
REPLIES_PER_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentLine:
    """A comment, with what the viewer may know and do about it."""

    comment: Comment
    html: SafeString
    state: str
    position: str
    is_own: bool
    replies: Sequence["CommentLine"] = ()
    has_more: bool = False

    @property
    def version(self) -> str:
        """What changes when the comment has to be drawn anew."""
        edited = self.comment.edited_at.isoformat() if self.comment.edited_at else ""
        return " ".join([self.state, edited, *(reply.version for reply in self.replies)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """A page of threads on a market, or one thread with its replies."""

    market: Market
    threads: Sequence[CommentLine]
    page: Page[Comment]
    comment_count: int
    is_best: bool = False
    reasons: Sequence[tuple[str, str]] = tuple(ReportReason.choices)
    body_max: int = BODY_MAX


def get_discussion(request: HttpRequest, market: Market) -> Discussion:
    """Return the threads on a market that the request asks for."""
    is_best = request.GET.get("comments") == CommentOrder.BEST
    page = _get_page(request, market, is_best=is_best)
    replies = {thread.pk: replies_of(thread) for thread in page.rows}
    everything = [*page.rows, *(reply for row in replies.values() for reply in row)]
    positions = positions_of(market, everything, request.user)
    threads = [_thread(request, row, replies[row.pk], positions) for row in page.rows]
    return Discussion(
        market=market,
        threads=threads,
        page=page,
        comment_count=count_comments(market),
        is_best=is_best,
    )


def _get_page(request: HttpRequest, market: Market, *, is_best: bool) -> Page[Comment]:
    threads = list_threads(market)
    if not is_best:
        return get_page(threads, request.GET, size=THREADS_PER_PAGE)
    best = order_threads(threads, CommentOrder.BEST)
    return get_sorted_page(best, request.GET, size=THREADS_PER_PAGE, soonest_first=False)


def get_thread(request: HttpRequest, comment: Comment) -> Discussion:
    """Return the whole thread that a comment belongs to, as one page of one."""
    root = comment.parent or comment
    replies = list(list_replies(root)[:REPLIES_PER_PAGE])
    market = root.market
    positions = positions_of(market, [root, *replies], request.user)
    thread = _line(request, root, positions, _lines(request, replies, positions))
    page = Page(rows=[root], next_query="", first_query="", is_first=True)
    return Discussion(market=market, threads=[thread], page=page, comment_count=len(replies) + 1)


def _thread(
    request: HttpRequest, row: Comment, replies: Sequence[Comment], positions: Mapping[int, str]
) -> CommentLine:
    shown = _lines(request, replies[:REPLIES_SHOWN], positions)
    return _line(request, row, positions, shown, has_more=len(replies) > REPLIES_SHOWN)


def _lines(
    request: HttpRequest, comments: Iterable[Comment], positions: Mapping[int, str]
) -> list[CommentLine]:
    return [_line(request, comment, positions, ()) for comment in comments]


def _line(
    request: HttpRequest,
    comment: Comment,
    positions: Mapping[int, str],
    replies: Sequence[CommentLine],
    *,
    has_more: bool = False,
) -> CommentLine:
    return CommentLine(
        comment=comment,
        html=html_of(comment),
        state=state_of(comment),
        position=positions.get(comment.author_id, "") if comment.is_shown else "",
        is_own=is_own(request.user.pk, comment.author_id),
        replies=replies,
        has_more=has_more,
    )
