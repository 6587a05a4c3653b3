"""How each shard stands, in the words that operators read: in admin and on the command line."""

from typing import Any, Final

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from exchange.trading.lease import DatabaseTimeMs
from exchange.trading.models import InboxCommand, Shard
from exchange.trading.owning.models import Worker
from exchange.trading.owning.registry import live_followers

_SHOWN_MAX: Final = 60


def with_registry(rows: QuerySet[Shard]) -> QuerySet[Any]:
    """Add what the other tables say of each shard, in the same query."""
    waiting = InboxCommand.objects.filter(shard=OuterRef("number")).order_by().values("shard")
    follower = live_followers().filter(shard=OuterRef("number"))
    warm = follower.filter(is_warm=True, differs="").order_by("-journal_number")
    return rows.annotate(
        now_ms=DatabaseTimeMs(),
        waiting=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), 0),
        standby_number=Subquery(warm.values("journal_number")[:1]),
        differs=Subquery(follower.exclude(differs="").values("differs")[:1]),
        owner_label=Subquery(Worker.objects.filter(name=OuterRef("owner")).values("label")[:1]),
    )


def state_of(shard: Any) -> str:
    """Return whether a shard trades, in a few words; what is wrong first."""
    if shard.stopped:
        return f"stopped: {shard.stopped[:_SHOWN_MAX]}"
    if not shard.owner or shard.expires_at_ms < shard.now_ms:
        return "without an owner"
    if shard.differs:
        return f"trades; its standby differs: {shard.differs[:_SHOWN_MAX]}"
    return "trades"


def owner_of(shard: Any) -> str:
    """Return what operators call the owner; nothing where there is none."""
    return str(shard.owner_label or shard.owner)


def lease_of(shard: Any) -> str:
    """Return how long the lease still runs."""
    if not shard.owner:
        return ""
    left_ms = shard.expires_at_ms - shard.now_ms
    return f"{left_ms} ms" if left_ms >= 0 else f"{-left_ms} ms ago"


def standby_lag_of(shard: Any) -> str:
    """Return how many batches the best standby is behind."""
    if shard.standby_number is None:
        return "no standby"
    return f"{max(0, shard.journal_number - shard.standby_number)} batches"
