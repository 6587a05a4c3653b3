"""How fast the reads of the API are answered that clients send most.

    python -m benchmarks rest [--times 300] [--orders 200]

Starts the production processes with demo data and a database of its own on the servers of
DATABASE_URL and REDIS_URL, rests so many orders of one member, and sends each read so often, one
after the other, by a key, over one connection. "304" are the same reads by who has the answer
already. CPU is the processor time of the web process for a read. Queries are counted beside the
site, by Django's test client on its database.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

import httpx

from benchmarks.load.processes import cpu_seconds
from benchmarks.load.site import start_stack
from benchmarks.rest.asked import READS
from tests.browser.sites import ROOT, Site

BATCH = 100


def rest_orders(client: httpx.Client, contract: str, count: int) -> None:
    """Rest orders that match nothing, spread over some prices."""
    for start in range(0, count, BATCH):
        orders = [
            {"contract": contract, "side": "buy", "price": f"0.{1 + n % 9:02}", "quantity": 1}
            for n in range(start, min(count, start + BATCH))
        ]
        results = client.post("orders/batch/", json={"orders": orders}).json()["results"]
        assert {one["status"] for one in results} == {201}, results[0]


def ask(client: httpx.Client, path: str, times: int, headers: dict[str, str]) -> list[float]:
    """Return the milliseconds of so many answers."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        answer = client.get(path, headers=headers)
        took.append((time.perf_counter() - start) * 1_000)
        assert answer.status_code == (304 if headers else 200), answer.text
    return took


def web_cpu_ms(site: Site) -> float:
    """Return the processor time that the web process has used."""
    return cpu_seconds(site)["web"] * 1_000


def measure(site: Site, client: httpx.Client, slug: str, times: int) -> None:
    """Print a line for each read."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rest.queries", slug],
        cwd=ROOT, env=site.env, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    queries = json.loads(done.stdout.splitlines()[-1])
    print(f"{'read':<12}{'queries':>8}{'bytes':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}"
          f"{'304 p50':>9}{'p99':>9}")  # fmt: skip
    for name, template in READS.items():
        path = template.format(slug=slug)
        first = client.get(path)
        ask(client, path, 20, {})
        cpu = web_cpu_ms(site)
        took = ask(client, path, times, {})
        cpu = (web_cpu_ms(site) - cpu) / times
        again = ask(client, path, times, {"If-None-Match": first.headers["ETag"]})
        print(f"{name:<12}{queries[name]:>8}{len(first.content):>9,}{_figures(took)}{cpu:>9.1f}"
              f"{_figures(again)}")  # fmt: skip


def _figures(took: Sequence[float]) -> str:
    return f"{median(took):>9.1f}{quantiles(took, n=100)[-1]:>9.1f}"


def main() -> None:
    """Measure on the servers of the environment."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks rest")
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--orders", type=int, default=200)
    options = parser.parse_args()
    if not {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        print("Give DATABASE_URL (PostgreSQL) and REDIS_URL.")
        return
    with tempfile.TemporaryDirectory() as folder, start_stack(Path(folder)) as site:
        site.manage("demo")
        told = site.manage("shell", "-c", _KEY).splitlines()[-1]
        headers = {"Authorization": f"Token {told}"}
        with httpx.Client(base_url=f"{site.url}/api/v1/", headers=headers, timeout=30) as client:
            market = client.get("markets/?status=open&sort=volume&limit=1").json()["results"][0]
            rest_orders(client, market["contracts"][0]["id"], options.orders)
            time.sleep(3)  # what follows the orders, candles and figures, is not what is measured
            measure(site, client, market["slug"], options.times)


_KEY = """
from accounts.keys.services import create_key
from accounts.models import User
alice = User.objects.get(handle="alice")
print(create_key(user=alice, name="benchmark", scopes=["read", "trade"]).secret)
"""


if __name__ == "__main__":
    main()
