"""manage.py check_exchange: prove the invariants on a live database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from core.progress import progress_bar
from exchange.trading.checks import count_steps, make_checks


class Command(BaseCommand):
    """Make every check; exit 1 and say what differs when one fails."""

    help = "Check the exchange's invariants; exit 1 and say what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        with progress_bar(count_steps(), "check", "step") as bar:
            for checked in make_checks(starting=bar.set_description, seen=bar.update):
                mark = "FAIL" if checked.differences else "ok  "
                tqdm.write(f"{mark} {checked.name}", file=sys.stdout)
                for line in checked.differences:
                    tqdm.write(f"     {line}", file=sys.stdout)
                wrong += len(checked.differences)
        if wrong:
            raise SystemExit(1)
