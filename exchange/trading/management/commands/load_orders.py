"""manage.py load_orders: recorded order flow through the site's own inbox."""

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from exchange.trading.loading import FlowLoader, LoadError, load, read_commands


class Command(BaseCommand):
    """Load a file of commands in the engine's input format."""

    help = "Load a file of engine commands (.ndjson or .ndjson.gz) into the exchange."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--payout", type=int, default=10_000, help="What a contract pays in the file's units."
        )

    def handle(self, *args: Any, file: Path, payout: int, **options: Any) -> None:
        started = time.monotonic()
        try:
            total = sum(1 for _ in read_commands(file))
            loader = FlowLoader(file.name.split(".")[0], payout)
            bar = tqdm(total=total, unit="command", disable=None, file=sys.stderr)
            for count in load(loader, read_commands(file)):
                bar.update(count)
            bar.close()
        except (OSError, LoadError) as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{total} commands in {seconds:.1f} s ({total / seconds:.0f} a second),"
            f" {len(loader.markets)} markets, {len(loader.accounts)} accounts"
        )
