"""manage.py converge: many clients with a replica each, and whether all come to the same books."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.web.likely import busiest_market, run_likely


class Command(BaseCommand):
    """Run `likely converge` of the client against the running site."""

    help = "Let many clients follow a market's books, and compare their replicas with the site's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("market", nargs="?", help="Its slug; the most traded without one.")
        parser.add_argument("--clients", type=int, default=20)
        parser.add_argument("--seconds", type=float, default=10.0)

    def handle(self, *args: Any, **options: Any) -> None:
        market = options["market"] or busiest_market()
        if market is None:
            raise CommandError("No market is open.")
        self.stdout.write(f"{options['clients']} clients follow {market} at {settings.SITE_URL}")
        self.stdout.flush()
        wanted = ("--clients", str(options["clients"]), "--seconds", str(options["seconds"]))
        if code := run_likely("converge", market, *wanted):
            sys.exit(code)
