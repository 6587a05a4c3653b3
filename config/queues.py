"""Celery's queues, by urgency: what follows trading live, then mail, then what may take its time.

Workers of the first two take nothing of the third, so that no number of long jobs holds them up.
"""

from typing import Final
from urllib.parse import urlsplit

from kombu.entity import Queue

URGENCIES: Final = ("trading", "mail", "history")
_ROUTES: Final = {
    "exchange.marketdata.tasks.follow_journal": "trading",
    "social.tasks.follow_journal": "trading",
    "notifications.tasks.clear_old": "history",
    "notifications.tasks.*": "mail",
    "search.tasks.follow_journal": "mail",
    "social.tasks.expire_challenges": "mail",
    "social.tasks.follow_journal_for_challenges": "mail",
}


def task_queues(prefix: str) -> list[Queue]:
    """Return the queues, the most urgent first; the prefix keeps sites on one broker apart."""
    return [Queue(f"{prefix}.{urgency}") for urgency in URGENCIES]  # type: ignore[no-untyped-call]  # the library's


def task_routes(prefix: str) -> dict[str, dict[str, str]]:
    """Return the queue of each task; of what is not named, the least urgent one."""
    return {task: {"queue": f"{prefix}.{urgency}"} for task, urgency in _ROUTES.items()}


def broker_options(url: str) -> dict[str, object]:
    """Return what the broker's transport is told."""
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        return {"polling_interval": 0.1}
    # A Redis worker takes from its queues in the order in which they are named.
    return {"queue_order_strategy": "priority"} if scheme in {"redis", "rediss"} else {}
