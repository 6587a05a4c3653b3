"""Celery tasks: thin, repeatable, and safe to run any number of at once."""

from celery import shared_task
from django.utils import timezone

from exchange.trading.reconciling import reconcile

_TIME_LIMIT_S = 6 * 60 * 60


# Acknowledged at once: it may take longer than a broker waits for that, and would come again.
@shared_task(
    name="exchange.trading.tasks.reconcile_today", time_limit=_TIME_LIMIT_S, acks_late=False
)
def reconcile_today() -> None:
    """Make today's reconciliation, unless it was made or is being made."""
    reconcile(day=timezone.now().date())
