"""What book workers do about sessions whose process died, and those that are due.

They do a little at a time: whoever ends sessions judges nothing and renews no lease meanwhile, and
a process that dies may leave thousands. Workers share them, and none waits for another.
"""

from collections.abc import Callable
from typing import Final

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from exchange.trading.lease import DatabaseTimeMs
from exchange.trading.order_sessions import services
from exchange.trading.order_sessions.models import OrderSession, SessionHost
from exchange.trading.times import monotonic_s

log = structlog.get_logger(__name__)

_SWEEP_PERIOD_S: Final = 1.0
_PRUNE_PERIOD_S: Final = 60.0
# Where a sweep leaves something over, the next comes so soon.
_REST_PERIOD_S: Final = 0.1
_SESSIONS_AT_ONCE: Final = 20
# No session is begun later than that into a sweep: one may have thousands of orders.
_SWEEP_MAX_S: Final = 0.2
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
        if sweep() == _SESSIONS_AT_ONCE or monotonic_s() - now_s > _SWEEP_MAX_S:
            self._sweep_at_s = now_s + _REST_PERIOD_S
        if now_s >= self._prune_at_s:
            self._prune_at_s = now_s + _PRUNE_PERIOD_S
            prune()


def sweep() -> int:
    """End what has to end, but not too much; return how many. Safe to run anywhere, at any time.

    Costs two queries where nothing is due.
    """
    some = _Some()
    _end_those_of_the_dead(some)
    _end_the_due(some)
    return some.ended


def prune() -> int:
    """Forget the orders of sessions that are open no more; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE)
        return int(cursor.rowcount)


class _Some:
    """The sessions that one sweep ends."""

    def __init__(self) -> None:
        self.ended = 0
        self._until_s = monotonic_s() + _SWEEP_MAX_S

    def end(self, which: QuerySet[OrderSession], end: Callable[[OrderSession], None]) -> None:
        """End sessions one by one, each in its own transaction, until none or enough are done."""
        while self.ended < _SESSIONS_AT_ONCE and monotonic_s() < self._until_s:
            with transaction.atomic():
                session = _lock_one(which)
                if session is None:
                    return
                end(session)
            self.ended += 1


def _lock_one(which: QuerySet[OrderSession]) -> OrderSession | None:
    """Return a session that nobody else is at work on."""
    rows = which.order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    return rows.first()


def _end_those_of_the_dead(some: _Some) -> None:
    dead = SessionHost.objects.filter(expires_at_ms__lt=DatabaseTimeMs())
    for host_id in list(dead.values_list("pk", flat=True)):
        # A host that wakes up now is not let live on (`beat`): what is begun here is finished.
        before = some.ended
        some.end(OrderSession.objects.filter(host=host_id), services.end_connection)
        log.warning("session_host_died", host=host_id, sessions_ended=some.ended - before)
        _forget(host_id)


def _forget(host_id: int) -> None:
    with transaction.atomic():
        if not OrderSession.objects.filter(host=host_id).exists():
            SessionHost.objects.filter(pk=host_id, expires_at_ms__lt=DatabaseTimeMs()).delete()


def _end_the_due(some: _Some) -> None:
    due = OrderSession.objects.filter(cancel_at_ms__lte=DatabaseTimeMs())
    if due.exists():
        some.end(due, services.end_session)
