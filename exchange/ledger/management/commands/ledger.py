"""manage.py ledger check: prove the ledger."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.db import one_snapshot
from core.money import format_ticks
from exchange.ledger.checks import check_balances, check_sum
from exchange.ledger.models import Account


class Command(BaseCommand):
    """Recompute every balance from its transfers; exit 1 and say what differs."""

    help = "ledger check: recompute balances from transfers, print the total."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["check"])

    def handle(self, *args: Any, **options: Any) -> None:
        with one_snapshot():
            differences = [*check_sum(), *check_balances()]
            total = sum(Account.objects.values_list("balance_ticks", flat=True))
        for line in differences:
            self.stdout.write(self.style.ERROR(line))
        self.stdout.write(f"total {format_ticks(total)}")
        if differences:
            raise SystemExit(1)
