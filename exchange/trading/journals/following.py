"""Shipping that goes on: what the journal has grown by, again and again."""

import signal
import threading
from types import FrameType

import structlog

from core.db import DATABASE_AWAY, lend_connection
from exchange.trading.journals.shipping import Shipper

log = structlog.get_logger(__name__)


def ship_until_stopped(shipper: Shipper, *, period_s: int) -> None:
    """Ship every `period_s` seconds until SIGTERM or SIGINT; a segment begun is finished.

    A database that is away is waited for, so is a place that cannot be written to just now.
    Raises BadJournalError, which waiting does not mend. Call it in the main thread.
    """
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not stopped.is_set():
        _ship(shipper)
        lend_connection()
        stopped.wait(period_s)


def _ship(shipper: Shipper) -> None:
    try:
        count = shipper.ship()
    except (*DATABASE_AWAY, OSError) as error:
        log.warning("journal_not_shipped", error=repr(error))
    else:
        if count:
            log.info("journal_shipped", batches=count)
