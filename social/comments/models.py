"""Comments on markets: threads of two levels, what became of them, and who complained."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from exchange.markets.models import Market


class Comment(models.Model):
    """What a member wrote about a market, as Markdown, or in reply to a comment (`parent`).

    A reply to a reply belongs to the thread of the first comment. One that its author deleted or a
    moderator hid keeps its place while there are replies; only moderators see what it said.
    """

    market = models.ForeignKey(
        Market, on_delete=models.CASCADE, db_index=False, related_name="comments"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="comments",
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, db_index=False, related_name="replies"
    )
    body = models.TextField()
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    hidden_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="comment_not_its_own_parent"
            ),
        )
        indexes = (
            # A page of threads, the replies of one, and how much somebody wrote lately.
            models.Index(
                fields=["market", "-id"], condition=Q(parent=None), name="comment_threads"
            ),
            models.Index(fields=["parent", "id"], name="comment_replies"),
            models.Index(fields=["author", "-created_at"], name="comment_author"),
        )

    def __str__(self) -> str:
        return f"comment {self.pk}"

    @property
    def is_shown(self) -> bool:
        """Whether everybody may read it."""
        return self.deleted_at is None and self.hidden_at is None


class CommentRevision(models.Model):
    """What a comment said before it was edited or deleted; for moderators."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")
    body = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"revision {self.pk} of comment {self.comment_id}"


class ReportReason(models.TextChoices):
    """Why a comment was reported."""

    SPAM = "spam", "spam or advertising"
    ABUSE = "abuse", "insults or threatens somebody"
    PRIVATE = "private", "gives away private information"
    OTHER = "other", "something else"


class CommentReport(models.Model):
    """A member holds that a comment breaks the rules; a moderator resolves it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(max_length=8, choices=ReportReason)
    text = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    resolved_at = models.DateTimeField(null=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["comment", "reporter"], name="report_once"),)
        indexes = (
            models.Index(fields=["-id"], condition=Q(resolved_at=None), name="report_unresolved"),
        )

    def __str__(self) -> str:
        return f"report {self.pk} of comment {self.comment_id}"
