"""Moderation: what was reported, what comments said before, hide and show again."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import pluralize

from accounts.models import User
from core.admin import RecordAdmin, utc_column
from core.waiting import Work
from social.comments.models import Comment, CommentReport, CommentRevision
from social.comments.rendering import state_of
from social.comments.reporting import resolve_reports
from social.comments.services import set_hidden

_WAITING = Q(reports__resolved_at=None, reports__isnull=False)


class _Inline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows that are shown and never changed here."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CommentRevisionInline(_Inline):
    """What the comment said before."""

    model = CommentRevision
    fields = ("body", "replaced_at")
    readonly_fields = fields


class CommentReportInline(_Inline):
    """Who complained about the comment."""

    model = CommentReport
    fk_name = "comment"
    fields = ("reporter", "reason", "text", "created_at", "resolved_at", "resolved_by")
    readonly_fields = fields


class IsReported(admin.SimpleListFilter):
    """Comments whose reports wait for a moderator."""

    title = "reports"
    parameter_name = "reports"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "waiting")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        waiting = CommentReport.objects.filter(comment=OuterRef("pk"), resolved_at=None)
        return queryset.filter(Exists(waiting)) if self.value() == "waiting" else queryset


@admin.register(Comment)
class CommentAdmin(RecordAdmin):
    """Every comment, with what it said before and who complained."""

    list_display = (
        "id",
        "state",
        "beginning",
        "author",
        "market",
        "waiting_reports",
        utc_column("created_at", "written"),
    )
    list_filter = (IsReported,)
    list_select_related = ("author", "market")
    search_ids = ("pk",)
    search_texts = ("author__handle", "market__slug")
    fields = ("market", "author", "parent", "body", "created_at", "edited_at", "deleted_at",
              "hidden_at")  # fmt: skip
    readonly_fields = fields
    inlines = (CommentReportInline, CommentRevisionInline)
    actions = ("hide", "show_again", "resolve")

    def waiting_work(self) -> Iterator[Work]:
        """Yield how many reported comments wait for a moderator."""
        reports = CommentReport.objects.filter(resolved_at=None)
        count = reports.aggregate(n=Count("comment", distinct=True))["n"]
        yield Work(count, f"reported comment{pluralize(count)}", "reports=waiting")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        comments: QuerySet[Comment] = super().get_queryset(request)
        return comments.annotate(waiting=Count("reports", filter=_WAITING))

    @admin.display
    def state(self, comment: Comment) -> str:
        """Return whether it is shown, deleted or hidden."""
        return state_of(comment)

    @admin.display(description="comment")
    def beginning(self, comment: Comment) -> str:
        """Return how it begins."""
        return comment.body[:80]

    @admin.display(description="reports waiting", ordering="waiting")
    def waiting_reports(self, comment: Any) -> int:
        """Return how many reports nobody has looked at."""
        return int(comment.waiting)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may hide and show comments: who may change them."""
        return request.user.has_perm("social.change_comment")

    @admin.action(description="Hide, and resolve the reports", permissions=["moderate"])
    def hide(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        """Hide comments from everybody; their reports are dealt with thereby."""
        chosen = list(comments)
        count = set_hidden(comments=chosen, is_hidden=True)
        resolve_reports(moderator=_moderator(request), comments=chosen)
        self.message_user(request, f"{count} comments are hidden.")

    @admin.action(description="Show again (comments that were hidden)", permissions=["moderate"])
    def show_again(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        """Show comments again that were hidden."""
        count = set_hidden(comments=list(comments), is_hidden=False)
        self.message_user(request, f"{count} comments are shown again.")

    @admin.action(description="Resolve the reports, leave the comment", permissions=["moderate"])
    def resolve(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        """Note that the reports are dealt with; the comments stay as they are."""
        count = resolve_reports(moderator=_moderator(request), comments=list(comments))
        self.message_user(request, f"{count} reports are resolved.")


@admin.register(CommentReport)
class CommentReportAdmin(RecordAdmin):
    """Every report, newest first."""

    list_display = (
        "id",
        "comment",
        "reason",
        "text",
        "reporter",
        utc_column("created_at", "reported"),
        "resolved_by",
    )
    list_filter = ("reason", ("resolved_at", admin.EmptyFieldListFilter))
    list_select_related = ("comment", "reporter", "resolved_by")
    search_ids = ("pk", "comment_id")
    search_texts = ("reporter__handle", "text")


def _moderator(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User), "the admin lets nobody else in"
    return user
