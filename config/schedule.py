"""What Celery's beat asks for, and how often. Each task is repeatable: two beats are harmless."""

from datetime import timedelta
from typing import Any, Final

from celery.schedules import crontab

# The books tell of each batch (exchange/trading/nudging.py); what is looked at here was not told.
_WHERE_NUDGES_ARE_LOST: Final = timedelta(seconds=5)

BEAT_SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "follow-journal": {
        "task": "notifications.tasks.follow_journal",
        "schedule": _WHERE_NUDGES_ARE_LOST,
        "options": {"expires": 10},
    },
    "follow-journal-feed": {
        "task": "social.tasks.follow_journal",
        "schedule": _WHERE_NUDGES_ARE_LOST,
        "options": {"expires": 10},
    },
    "follow-journal-candles": {
        "task": "exchange.marketdata.tasks.follow_journal",
        "schedule": _WHERE_NUDGES_ARE_LOST,
        "options": {"expires": 10},
    },
    "follow-journal-challenges": {
        "task": "social.tasks.follow_journal_for_challenges",
        "schedule": _WHERE_NUDGES_ARE_LOST,
        "options": {"expires": 10},
    },
    "follow-journal-badges": {
        "task": "social.tasks.follow_journal_for_badges",
        "schedule": timedelta(seconds=2),
        "options": {"expires": 5},
    },
    "build-leaderboards": {
        "task": "social.tasks.build_leaderboards",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "expire-challenges": {
        "task": "social.tasks.expire_challenges",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "follow-journal-search": {
        "task": "search.tasks.follow_journal",
        "schedule": _WHERE_NUDGES_ARE_LOST,
        "options": {"expires": 10},
    },
    "figures": {
        "task": "exchange.marketdata.tasks.move_the_day_on",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 60},
    },
    "send-mail": {
        "task": "notifications.tasks.send_due_mail",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 10},
    },
    "clear-old-notifications": {
        "task": "notifications.tasks.clear_old",
        "schedule": crontab(hour=4, minute=15),
    },
    "reconcile": {
        "task": "exchange.trading.tasks.reconcile_today",
        "schedule": crontab(hour=3, minute=15),
    },
}
