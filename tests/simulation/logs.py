"""What the site logs: nothing, or everything; and what it may never have to log ends the run."""

import logging
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import structlog
from django.db import DatabaseError

# Faults of the machine are mended without these; each says that something else is wrong.
_ALARMS: Final = frozenset(
    {
        "background_task_failed",
        "book_copy_differs",
        "hub_message_failed",
        "journal_not_followed",
        "shard_is_stuck",
        "shard_stopped",
        "standby_differs",
    }
)


class Alarms:
    """Tells `raise_alarm` of the site's alarms, and lets nothing through where it is quiet."""

    def __init__(self, *, is_quiet: bool) -> None:
        self.raise_alarm: Callable[[str], object] = lambda alarm: None
        self._is_quiet = is_quiet

    def __call__(
        self, _: Any, __: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        if event["event"] in _ALARMS and not isinstance(event.get("exc_info"), DatabaseError):
            self.raise_alarm(str(event))
        if self._is_quiet:
            raise structlog.DropEvent
        return event


def capture_logs(*, trace: bool) -> Alarms:
    """Have the site's logs go through alarms, and to standard output when all is told."""
    alarms = Alarms(is_quiet=not trace)
    logging.disable(logging.CRITICAL)
    structlog.configure(
        processors=[
            alarms,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.INFO if trace else logging.ERROR
        ),
        cache_logger_on_first_use=True,
    )
    return alarms
