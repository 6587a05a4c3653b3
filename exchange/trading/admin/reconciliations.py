"""The page of the nightly reconciliations."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import pluralize

from core.admin import RecordAdmin, utc_column
from core.waiting import Work
from exchange.trading.reconciliation_models import ReconciledCheck, Reconciliation


def _text_of_duration(duration_ms: int) -> str:
    return f"{duration_ms // 1_000}.{duration_ms % 1_000:03} s"


class ReconciledCheckInline(admin.TabularInline):  # type: ignore[type-arg]
    """What each check found."""

    model = ReconciledCheck
    extra = 0
    can_delete = False
    fields = ("name", "took", "found")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display
    def took(self, check: ReconciledCheck) -> str:
        """Return how long the check took."""
        return _text_of_duration(check.duration_ms)

    @admin.display(description="differences")
    def found(self, check: ReconciledCheck) -> str:
        """Return what differs, or that nothing does."""
        return check.differences or "none"


@admin.register(Reconciliation)
class ReconciliationAdmin(RecordAdmin):
    """Night by night: did it finish, how long did it take, how much differs."""

    list_display = (
        "day",
        utc_column("started_at", "started"),
        "took",
        "journal_batches",
        "result",
    )
    ordering = ("-day",)
    search_ids = ("pk",)
    fields = ("day", "started_at", "finished_at", "journal_batches", "result")
    readonly_fields = fields
    inlines = (ReconciledCheckInline,)

    def waiting_work(self) -> Iterator[Work]:
        """Yield how much differed in the last night that was finished."""
        last = Reconciliation.objects.exclude(difference_count=None).order_by("-day").first()
        count = 0 if last is None or last.difference_count is None else last.difference_count
        text = f"difference{pluralize(count)} found by the last reconciliation"
        yield Work(count, text, is_alarm=True)

    @admin.display
    def took(self, run: Reconciliation) -> str:
        """Return how long the run took."""
        if run.finished_at is None:
            return ""
        took = run.finished_at - run.started_at
        return _text_of_duration(took.days * 86_400_000 + took.seconds * 1_000)

    @admin.display
    def result(self, run: Reconciliation) -> str:
        """Return how many differences there are, or that the run has not ended."""
        if run.difference_count is None:
            return "not finished"
        return f"{run.difference_count} differences" if run.difference_count else "all is well"
