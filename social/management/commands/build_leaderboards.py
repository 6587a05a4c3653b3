"""manage.py build_leaderboards: build them now, or check that they are what they should be."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from social.leaderboards.services import build_leaderboards, check_leaderboards


class Command(BaseCommand):
    """Build leaderboards from trades and ledger."""

    help = "Build the leaderboards; --check compares them with trades and ledger instead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Compare, and change nothing.")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            self._check()
            return
        for period, count in build_leaderboards().items():
            self.stdout.write(f"{period}: {count} members")

    def _check(self) -> None:
        wrong = list(check_leaderboards())
        for line in wrong[:20]:
            self.stderr.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} standings are not what trades and ledger say.")
        self.stdout.write("The leaderboards are what trades and ledger say.")
