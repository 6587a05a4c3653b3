"""manage.py runbooks: a book worker, the only consumer of its shards' channels."""

import asyncio
import signal
import sys
import time
from typing import Any, Final

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from core import loop
from core.db import DATABASE_AWAY
from exchange.trading.lease import check_shards
from exchange.trading.worker import BookWorker

log = structlog.get_logger(__name__)
_RETRY_S: Final = 1.0
_SWITCH_S: Final = 0.0005


class Command(BaseCommand):
    """Own the books of shards and judge their commands until stopped."""

    help = "Own this worker's share of the books until stopped by SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--shards", help="Shards it may own, like 0,1,2 or 0-7. Default: every shard."
        )
        parser.add_argument(
            "--label",
            default="",
            help="What to call this worker, like books-1: shards are pinned to it by its label,"
            " and it gets the same ones after a restart. Default: its machine and process.",
        )
        parser.add_argument(
            "--standby",
            action="store_true",
            help="Own shards only while no other worker lives; until then, be ready to.",
        )

    def handle(self, *args: Any, shards: str | None = None, **options: Any) -> None:
        _await_database()
        # A standby that is busy must not keep the books' thread waiting after each query.
        sys.setswitchinterval(_SWITCH_S)
        asyncio.run(
            _serve(
                BookWorker(
                    None if shards is None else parse_shards(shards),
                    label=options["label"],
                    follows=True,
                    is_standby=options["standby"],
                )
            )
        )


def parse_shards(text: str) -> list[int]:
    """Return the shards of a list like "0,1,4-7". Raises ValueError for anything else."""
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers


def _await_database() -> None:
    """Return once it is known that every live market has its shard, however long that takes."""
    while True:
        try:
            check_shards()
        except DATABASE_AWAY as error:
            log.warning("database_unavailable", error=repr(error))
            connection.close()
            time.sleep(_RETRY_S)
        else:
            return


async def _serve(worker: BookWorker) -> None:
    running = asyncio.get_running_loop()
    loop.set_loop(running)
    for number in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(number, worker.stop)
    await worker.run()
