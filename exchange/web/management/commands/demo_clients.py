"""manage.py demo_clients: many clients that trade with each other, each by a book of its own."""

import json
import sys
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.web.demo.bots import demo_markets, keys_of
from exchange.web.demo.people import make_clients
from exchange.web.demo.permitted import refuse_where_public
from exchange.web.likely import run_likely

CLIENTS_MAX: Final = 200
_KEY_NAME: Final = "demo_clients"


class Command(BaseCommand):
    """Make bots with a key each, and let each trade by the public API for a while."""

    help = "Let many clients trade with each other on the running site, and compare their books."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("market", nargs="?", help="Its slug; one of the demo's without.")
        parser.add_argument("--n", type=int, default=20, help="How many clients.")
        parser.add_argument("--seconds", type=float, default=10.0, help="For how long they trade.")
        parser.add_argument("--force", action="store_true", help="Also where SITE_URL is public.")

    def handle(
        self, *args: Any, market: str | None, n: int, seconds: float, force: bool, **options: Any
    ) -> None:
        refuse_where_public(force=force)
        if not 1 <= n <= CLIENTS_MAX:
            raise CommandError(f"--n must be 1 to {CLIENTS_MAX}.")
        slug = market or next((one["slug"] for one in demo_markets()), None)
        if slug is None:
            raise CommandError("No demo market is open. manage.py demo makes some.")
        self.stdout.write(f"{n} clients trade in {slug} at {settings.SITE_URL} for {seconds:g} s")
        self.stdout.flush()
        with keys_of(make_clients(n), name=_KEY_NAME) as keys:
            wanted = ("--clients", str(n), "--seconds", str(seconds), "--trade")
            code = run_likely("converge", slug, *wanted, text=json.dumps(keys) + "\n")
        if code:
            sys.exit(code)
