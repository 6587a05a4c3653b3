"""The registry: who owns which shard, how far its journal goes, and who stands by."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.defaultfilters import pluralize

from core.admin import RecordAdmin
from core.waiting import Work
from exchange.trading.lease import DatabaseTimeMs, allow_shards
from exchange.trading.models import Shard
from exchange.trading.owning.models import Follower, Worker
from exchange.trading.owning.pinning import live_labels, pin_shards, unpin_shards
from exchange.trading.owning.shown import (
    lease_of,
    owner_of,
    standby_lag_of,
    state_of,
    with_registry,
)


class MoveForm(ActionForm):
    """The action, and the worker that shards are to be moved to."""

    worker = forms.ChoiceField(required=False, label="to worker")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = live_labels()
        self.fields["worker"].choices = [("", "---------"), *zip(labels, labels, strict=True)]  # type: ignore[attr-defined]


@admin.register(Shard)
class ShardAdmin(RecordAdmin):
    """Shards, their owners and standbys; they are moved from here, and allowed again."""

    list_display = (
        "number",
        "state",
        "owned_by",
        "epoch",
        "lease_age",
        "journal_number",
        "waiting",
        "standby_lag",
        "pinned_to",
    )
    search_ids = ("number",)
    search_texts = ("owner", "pinned_to")
    ordering = ("number",)
    list_per_page = 200
    action_form = MoveForm
    actions = ("move", "unpin", "allow")
    fields = (
        "number",
        "state",
        "owner",
        "epoch",
        "lease_age",
        "journal_number",
        "digest",
        "next_trade",
        "last_time_ms",
        "waiting",
        "standby_lag",
        "pinned_to",
        "stopped",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_registry(super().get_queryset(request))

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may decide who owns a shard."""
        return request.user.has_perm("trading.change_shard")

    @admin.display
    def state(self, shard: Any) -> str:
        """Return whether the shard trades, in a few words; what is wrong first."""
        return state_of(shard)

    @admin.display(description="owner")
    def owned_by(self, shard: Any) -> str:
        """Return what operators call the owner."""
        return owner_of(shard)

    @admin.display(description="lease ends in")
    def lease_age(self, shard: Any) -> str:
        """Return how long the lease still runs."""
        return lease_of(shard)

    @admin.display(description="waiting")
    def waiting(self, shard: Any) -> int:
        """Return how many commands wait in the inbox."""
        return int(shard.waiting)

    @admin.display(description="standby behind by")
    def standby_lag(self, shard: Any) -> str:
        """Return how many batches the best standby is behind."""
        return standby_lag_of(shard)

    @admin.action(description="Move to the worker named, and keep there", permissions=["move"])
    def move(self, request: HttpRequest, shards: QuerySet[Shard]) -> None:
        """Pin shards to a worker; their owners hand them over one by one."""
        label = request.POST.get("worker", "")
        if label not in live_labels():
            self.message_user(request, "Choose a worker that lives.", level="error")
            return
        numbers = [shard.number for shard in shards]
        pin_shards(numbers, label=label)
        self._log(request, shards, f"Pinned to {label}.")
        self.message_user(request, f"{len(numbers)} shards move to {label}.")

    @admin.action(description="Unpin: move to wherever they belong", permissions=["move"])
    def unpin(self, request: HttpRequest, shards: QuerySet[Shard]) -> None:
        """Let shards go back to the worker they would be spread to."""
        unpin_shards([shard.number for shard in shards])
        self._log(request, shards, "Unpinned.")
        self.message_user(request, f"{len(shards)} shards are spread again.")

    def waiting_work(self) -> Iterator[Work]:
        """Yield how many shards were stopped: nobody can trade in their markets."""
        count = Shard.objects.exclude(stopped="").count()
        yield Work(count, f"shard{pluralize(count)} stopped: nobody can trade there", is_alarm=True)

    @admin.action(description="Check a stopped shard's books again", permissions=["move"])
    def allow(self, request: HttpRequest, shards: QuerySet[Shard]) -> None:
        """Let stopped shards be checked again, and trade if their books agree by now."""
        count = allow_shards([shard.number for shard in shards])
        self._log(request, shards, "To be checked again.")
        self.message_user(request, f"{count} shards are checked again.")

    def _log(self, request: HttpRequest, shards: QuerySet[Shard], message: str) -> None:
        for shard in shards:
            self.log_change(request, shard, message)


@admin.register(Worker)
class WorkerAdmin(RecordAdmin):
    """The book workers that live, or died within a day."""

    list_display = ("label", "state", "name", "is_standby", "owns", "follows")
    ordering = ("label",)
    search_texts: ClassVar = ("label", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        shards = Shard.objects.filter(owner=OuterRef("name"), expires_at_ms__gte=DatabaseTimeMs())
        owned = shards.order_by().values("owner").annotate(n=Count("pk"))
        followers = Follower.objects.filter(worker=OuterRef("name"))
        followed = followers.order_by().values("worker").annotate(n=Count("pk"))
        rows: QuerySet[Any] = super().get_queryset(request)
        annotated: QuerySet[Any] = rows.annotate(
            now_ms=DatabaseTimeMs(),
            owned=Coalesce(Subquery(owned.values("n")), 0),
            followed=Coalesce(Subquery(followed.values("n")), 0),
        )
        return annotated

    @admin.display
    def state(self, worker: Any) -> str:
        """Return whether the worker lives."""
        return "lives" if worker.expires_at_ms >= worker.now_ms else "gone"

    @admin.display
    def owns(self, worker: Any) -> int:
        """Return how many shards it owns."""
        return int(worker.owned)

    @admin.display
    def follows(self, worker: Any) -> int:
        """Return how many journals it follows, to take over."""
        return int(worker.followed)


@admin.register(Follower)
class FollowerAdmin(RecordAdmin):
    """Who follows which journal, and how far."""

    list_display = ("shard", "worker", "journal_number", "is_warm", "differs")
    list_filter = ("shard",)
    ordering = ("shard",)
    search_ids: ClassVar = ("shard",)
    search_texts: ClassVar = ("worker",)
