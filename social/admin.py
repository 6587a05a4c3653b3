"""Django looks for admin pages here."""

from social.comments.admin import CommentAdmin, CommentReportAdmin

__all__ = ["CommentAdmin", "CommentReportAdmin"]
