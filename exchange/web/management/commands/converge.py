"""manage.py converge: many clients with a replica each, and whether all come to the same books."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.markets.models import Market, MarketStatus

_CLIENT: Final = Path(settings.BASE_DIR) / "client" / "src"


class Command(BaseCommand):
    """Run `likely converge` of the client against the running site."""

    help = "Let many clients follow a market's books, and compare their replicas with the site's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("market", nargs="?", help="Its slug; the most traded without one.")
        parser.add_argument("--clients", type=int, default=20)
        parser.add_argument("--seconds", type=float, default=10.0)

    def handle(self, *args: Any, **options: Any) -> None:
        market = options["market"] or _busiest()
        self.stdout.write(f"{options['clients']} clients follow {market} at {settings.SITE_URL}")
        self.stdout.flush()
        done = subprocess.run(  # noqa: S603 -- our own program
            [
                sys.executable,
                *("-m", "likely_client.cli", "--site", settings.SITE_URL, "converge", market),
                *("--clients", str(options["clients"]), "--seconds", str(options["seconds"])),
            ],
            env={**os.environ, "PYTHONPATH": str(_CLIENT)},
            check=False,
        )
        if done.returncode:
            sys.exit(done.returncode)


def _busiest() -> str:
    markets = Market.objects.filter(status=MarketStatus.OPEN).order_by("-volume", "pk")
    slug = markets.values_list("slug", flat=True).first()
    if slug is None:
        raise CommandError("No market is open.")
    return slug
