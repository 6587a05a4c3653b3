"""manage.py demo_clients: many clients that trade with each other, each by a book of its own."""

import json
import sys
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.web.demo.bots import keys_of
from exchange.web.demo.people import make_clients
from exchange.web.likely import busiest_market, run_likely

CLIENTS_MAX: Final = 200
_KEY_NAME: Final = "demo_clients"


class Command(BaseCommand):
    """Make bots with a key each, and let each trade by the public API for a while."""

    help = "Let many clients trade with each other on the running site, and compare their books."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("market", nargs="?", help="Its slug; the most traded without one.")
        parser.add_argument("--n", type=int, default=20, help="How many clients.")
        parser.add_argument("--seconds", type=float, default=10.0, help="For how long they trade.")

    def handle(
        self, *args: Any, market: str | None, n: int, seconds: float, **options: Any
    ) -> None:
        if not 1 <= n <= CLIENTS_MAX:
            raise CommandError(f"--n must be 1 to {CLIENTS_MAX}.")
        slug = market or busiest_market()
        if slug is None:
            raise CommandError("No market is open. manage.py demo makes some.")
        self.stdout.write(f"{n} clients trade in {slug} at {settings.SITE_URL} for {seconds:g} s")
        self.stdout.flush()
        with keys_of(make_clients(n), name=_KEY_NAME) as keys:
            wanted = ("--clients", str(n), "--seconds", str(seconds), "--trade")
            code = run_likely("converge", slug, *wanted, text=json.dumps(keys) + "\n")
        if code:
            sys.exit(code)
