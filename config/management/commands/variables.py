"""manage.py variables: what the environment says, and what another one would change."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

_WIDTH = 26


class Command(BaseCommand):
    """Print every variable that the settings read; secrets are hidden."""

    help = "List the variables of this process; --against FILE says what a file would change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--against", type=Path, metavar="FILE", help="KEY=value lines.")

    def handle(self, *args: Any, against: Path | None, **options: Any) -> None:
        if against is None:
            for one in settings.ENVIRONMENT.variables():
                self.stdout.write(f"{one.name:{_WIDTH}}{one.text}")
            return
        try:
            changes = settings.ENVIRONMENT.changes(against)
        except OSError as error:
            raise CommandError(str(error)) from error
        for change in changes:
            self.stdout.write(f"{change.name:{_WIDTH}}{change.before} -> {change.after}")
        if not changes:
            self.stdout.write("Nothing would change.")
