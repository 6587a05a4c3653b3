"""Reports of comments, and what moderators make of them."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import Code, Problem
from social.comments.models import Comment, CommentReport, ReportReason


@transaction.atomic
def report_comment(
    *, reporter: User, comment: Comment, reason: ReportReason, text: str = ""
) -> bool:
    """Report a comment to the moderators; return whether that is new: each member reports once.

    Opens a transaction. Raises Problem COMMENT_GONE.
    """
    if not comment.is_shown:
        raise Problem(Code.COMMENT_GONE)
    _, is_new = CommentReport.objects.get_or_create(
        comment=comment, reporter=reporter, defaults={"reason": reason, "text": text.strip()}
    )
    return is_new


def resolve_reports(*, moderator: User, comments: Collection[Comment]) -> int:
    """Note that the reports of these comments are dealt with; return how many were not before."""
    waiting = CommentReport.objects.filter(comment__in=comments, resolved_at=None)
    return waiting.update(resolved_at=timezone.now(), resolved_by=moderator)
