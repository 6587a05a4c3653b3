"""What a comment says and where it stands, for whoever shows it."""

from typing import Final

from django.utils.safestring import SafeString, mark_safe

from social.comments.markdown import to_html
from social.comments.models import Comment

_NOTHING: Final = mark_safe("")


def html_of(comment: Comment) -> SafeString:
    """Return a comment as safe HTML; nothing where it is gone. Its mentions must be prefetched."""
    if not comment.is_shown:
        return _NOTHING
    return to_html(comment.body, [member.handle for member in comment.mentions.all()])


def state_of(comment: Comment) -> str:
    """Return whether a comment is "shown", "deleted" or "hidden"."""
    if comment.is_shown:
        return "shown"
    return "deleted" if comment.deleted_at else "hidden"
