"""What book workers do about sessions whose process died, and those that are due."""

from typing import Final

import structlog
from django.db import connection, transaction

from exchange.trading.lease import DatabaseTimeMs
from exchange.trading.order_sessions import services
from exchange.trading.order_sessions.models import OrderSession, SessionHost
from exchange.trading.times import monotonic_s

log = structlog.get_logger(__name__)

_SWEEP_PERIOD_S: Final = 1.0
_PRUNE_PERIOD_S: Final = 60.0
_SESSIONS_AT_ONCE: Final = 100
# Orders that ended by themselves. One statement: an order is in the inbox or has its row.
_PRUNE: Final = """
DELETE FROM trading_sessionorder WHERE NOT EXISTS (
    SELECT 1 FROM trading_inboxcommand WHERE id = order_id
) AND NOT EXISTS (
    SELECT 1 FROM trading_order WHERE trading_order.id = order_id AND open_quantity > 0
)
"""


class Sweeper:
    """Sweeps whenever it is time; call `step` often, in a thread that may ask the database."""

    def __init__(self) -> None:
        self._sweep_at_s = 0.0
        self._prune_at_s = 0.0

    def step(self) -> None:
        """Sweep and prune, where that is due."""
        now_s = monotonic_s()
        if now_s < self._sweep_at_s:
            return
        self._sweep_at_s = now_s + _SWEEP_PERIOD_S
        sweep()
        if now_s >= self._prune_at_s:
            self._prune_at_s = now_s + _PRUNE_PERIOD_S
            prune()


def sweep() -> int:
    """End what has to end; return how many sessions. Safe to run anywhere, at any time.

    Costs two queries where nothing is due.
    """
    return _end_those_of_the_dead() + _end_the_due()


def prune() -> int:
    """Forget the orders of sessions that are open no more; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE)
        return int(cursor.rowcount)


def _end_those_of_the_dead() -> int:
    dead = SessionHost.objects.filter(expires_at_ms__lt=DatabaseTimeMs())
    ended = 0
    for host_id in list(dead.values_list("pk", flat=True)):
        # A host that wakes up now is not let live on (`beat`): what is begun here is finished.
        sessions = list(OrderSession.objects.filter(host=host_id).values_list("pk", flat=True))
        log.warning("session_host_died", host=host_id, sessions=len(sessions))
        services.end_connections(session_ids=sessions)
        ended += len(sessions)
        _forget(host_id)
    return ended


def _forget(host_id: int) -> None:
    with transaction.atomic():
        if not OrderSession.objects.filter(host=host_id).exists():
            SessionHost.objects.filter(pk=host_id, expires_at_ms__lt=DatabaseTimeMs()).delete()


def _end_the_due() -> int:
    due = OrderSession.objects.filter(cancel_at_ms__lte=DatabaseTimeMs())
    ids = list(due.values_list("pk", flat=True)[:_SESSIONS_AT_ONCE])
    for session_id in ids:
        with transaction.atomic():
            rows = due.filter(pk=session_id)
            if connection.features.has_select_for_update:
                rows = rows.select_for_update(skip_locked=True)
            for session in rows:
                services.end_session(session)
    return len(ids)
