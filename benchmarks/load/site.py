"""The production processes for a load: `make stack` with a database of its own."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.sites import ROOT, Sink, Site, drop_database, environment, free_port

# A load is not what the courtesy limits are for.
SCOPES = ("ANONYMOUS", "READS", "ORDERS", "CANCELS", "BATCHES")
NO_LIMITS = {f"THROTTLE_{scope}": "1000000/s" for scope in SCOPES}


@dataclass(frozen=True, slots=True)
class People:
    """Who trades, and in what: cookie headers, ids of contracts, slugs of markets."""

    cookies: list[str]
    contracts: list[str]
    slugs: list[str]


@contextmanager
def start_stack(var_dir: Path, *, shards: int = 16) -> Iterator[Site]:
    """Start web, books, celery and beat on the servers of DATABASE_URL and REDIS_URL."""
    name = f"likely_load_{secrets.token_hex(4)}"
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    port = free_port()
    sink = Sink()
    env = environment(var_dir, port) | NO_LIMITS | {
        "DATABASE_URL": database, "REDIS_URL": os.environ["REDIS_URL"], "CHANNEL_PREFIX": name,
        "CELERY_QUEUE": name, "EMAIL_URL": sink.url, "PORT": str(port), "BOOK_SHARDS": str(shards),
    }  # fmt: skip
    site = Site(url=env["SITE_URL"], env=env, command=[sys.executable, "scripts/stack.py"])
    site.sink = sink
    try:
        site.wait()
        yield site
    finally:
        site.stop()
        drop_database(database)


def make_people(site: Site, *, bots: int, markets: int, mails: bool = False) -> People:
    """Make bots and open markets on a running site."""
    command = [sys.executable, "-m", "benchmarks.load.people", str(bots), str(markets)]
    done = subprocess.run(
        [*command, *(["--mails"] if mails else [])],
        cwd=ROOT, env=site.env, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return People(**json.loads(done.stdout.splitlines()[-1]))
