"""The client's command line, run beside the site as anybody would run it elsewhere."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.conf import settings

from exchange.markets.models import Market, MarketStatus

_CLIENT: Final = Path(settings.BASE_DIR) / "client" / "src"


def run_likely(*arguments: str, text: str = "") -> int:
    """Run `likely` against the site at SITE_URL, with a text as its input; return its exit code."""
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-m", "likely_client.cli", "--site", settings.SITE_URL, *arguments],
        env={**os.environ, "PYTHONPATH": str(_CLIENT)},
        input=text,
        text=True,
        check=False,
    )
    return done.returncode


def busiest_market() -> str | None:
    """Return the slug of the open market that was traded most; None where none is open."""
    markets = Market.objects.filter(status=MarketStatus.OPEN).order_by("-volume", "pk")
    return markets.values_list("slug", flat=True).first()
