"""Say at /healthz whether the exchange is at work, and how far behind each part of it is."""

from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Min
from django.http import HttpRequest, JsonResponse

from config.consumers import journal_lag
from exchange.trading import inbox, lease
from exchange.trading.models import InboxCommand, Shard
from exchange.trading.owning.pinning import live_labels
from exchange.trading.owning.registry import live_followers
from exchange.trading.times import now_ms
from notifications.models import PENDING_STATUSES, Mail
from social.leaderboards.models import LeaderboardBuild

# A received command that is older than this means that nobody judges its shard.
_WAITING_MS_MAX = 5_000


def healthz(_: HttpRequest) -> JsonResponse:
    """Answer 200 while orders are judged, 503 with the same figures while they are not."""
    try:
        figures = _figures()
    except DatabaseError:
        return JsonResponse({"ok": False, "database": False}, status=503)
    ok = (
        figures["shards_owned"] == figures["shards"]
        and figures["oldest_command_ms"] <= _WAITING_MS_MAX
        and not figures["shards_stopped"]
        and not figures["standbys_that_differ"]
    )
    body = {"ok": ok, "database": True, **figures}
    return JsonResponse(body, status=200 if ok else 503)


def _figures() -> dict[str, Any]:
    depths = inbox.depths()
    return {
        "shards": settings.BOOK_SHARDS,
        "shards_owned": len(lease.owned_shards()),
        "shards_stopped": _stopped(),
        "workers": len(live_labels()),
        "standbys_that_differ": _differing(),
        "commands_waiting": sum(depths.values()),
        "commands_waiting_by_shard": depths,
        "oldest_command_ms": _oldest_command_ms(),
        "journal_lag_batches": journal_lag(),
        "mails_waiting": Mail.objects.filter(status__in=PENDING_STATUSES).count(),
        "leaderboards_age_s": _leaderboards_age_s(),
    }


def _stopped() -> list[int]:
    """Return the shards that nobody may own, because their books differ."""
    stopped = Shard.objects.exclude(stopped="").order_by("number")
    return list(stopped.values_list("number", flat=True))


def _differing() -> list[int]:
    """Return the shards whose standby made something else of the journal than the owner."""
    differing = live_followers().exclude(differs="").order_by("shard")
    return list(differing.values_list("shard", flat=True).distinct())


def _leaderboards_age_s() -> int | None:
    """Return how long ago the oldest leaderboard was as it says; None before the first."""
    oldest = LeaderboardBuild.objects.aggregate(at=Min("as_of_ms"))["at"]
    return None if oldest is None else max(0, now_ms() - oldest) // 1_000


def _oldest_command_ms() -> int:
    oldest = InboxCommand.objects.aggregate(at=Min("received_at_ms"))["at"]
    return 0 if oldest is None else max(0, now_ms() - oldest)
