"""manage.py check_exchange: prove the invariants on a live database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from exchange.trading.checks import CHECKS, run_checks


class Command(BaseCommand):
    """Run every check; exit 1 and say what differs when one fails."""

    help = "Check the exchange's invariants; exit 1 and say what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        bar = tqdm(run_checks(), total=len(CHECKS), unit="check", disable=None, file=sys.stderr)
        for name, differences in bar:
            tqdm.write(f"{'ok  ' if not differences else 'FAIL'} {name}", file=sys.stdout)
            for line in differences:
                tqdm.write(f"     {line}", file=sys.stdout)
            wrong += len(differences)
        if wrong:
            raise SystemExit(1)
