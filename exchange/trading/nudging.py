"""Telling the journal's subscribers (Celery tasks) that it has grown. A hint: beat polls too."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

import structlog
from celery import current_app
from django.conf import settings

log = structlog.get_logger(__name__)

# A subscriber asks every shard whether it has grown: more often would cost more than it tells.
_PERIOD_S: Final = 1.0
_LATER_S: Final = 0.05
# Publishing to a broker may block while it is away: never on the worker's loop.
_thread = ThreadPoolExecutor(1, thread_name_prefix="journal-nudge")
_state: dict[str, Any] = {"last": 0.0, "sending": None}


def nudge_journal_subscribers() -> None:
    """Send each subscriber's task once, at most once a second. Returns at once."""
    now = time.monotonic()
    sending: Future[None] | None = _state["sending"]
    if now - _state["last"] < _PERIOD_S or (sending is not None and not sending.done()):
        return
    _state["last"] = now
    _state["sending"] = _thread.submit(_send)


def _send() -> None:
    # A little later than asked, so that the batches of a burst share one task.
    time.sleep(_LATER_S)
    for task in settings.JOURNAL_SUBSCRIBER_TASKS:
        try:
            current_app.send_task(task, retry=False, expires=30)
        except Exception as error:  # noqa: BLE001 -- a broker fails in its own ways; beat polls too
            log.warning("subscriber_not_nudged", task=task, error=repr(error))
