"""The load test of the whole path: orders accepted, matched, durable, pushed; mails; lone orders.

    python -m benchmarks.load [--orders 40000] [--runs 3] [--quick] [--only batches|mails|singles]
        [--singles-per-s 500] [--shards 16]

Starts the production processes (one web, one book worker, celery, beat) with a database of its own
on the servers of DATABASE_URL and REDIS_URL, and sends orders from this process, which takes its
share of the same processors. Beside each rate stand the processor times per order: those are
comparable where the machine does other things too.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import httpx
import psycopg
from tqdm import tqdm

from benchmarks.load.batches import Answers, make_batches, send_batches
from benchmarks.load.processes import cpu_seconds, per_order
from benchmarks.load.singles import send_singles
from benchmarks.load.site import People, make_people, start_stack
from benchmarks.load.watching import Watcher
from tests.browser.sites import Site

MARKETS, BOTS, BATCH = 16, 8, 500
MAILS_PER_S = 200
MAIL_LAG = """
SELECT count(*), coalesce(max(extract(epoch FROM m.sent_at - o.journaled_at)), 0)
FROM notifications_notification n JOIN notifications_mail m ON m.id = n.mail_id
    JOIN trading_order o ON o.id = split_part(n.key, ':', 2)::bigint
WHERE n.kind = 'new' AND m.sent_at IS NOT NULL
"""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def journal_lag(site: Site) -> int:
    """Return how many batches the slowest subscriber of the journal is behind."""
    return int(max(httpx.get(f"{site.url}/healthz").json()["journal_lag_batches"].values()))


def catch_up_s(site: Site) -> float:
    """Wait until the journal's subscribers have read everything; return how long that took."""
    started = time.perf_counter()
    while journal_lag(site) and time.perf_counter() - started < 120:
        time.sleep(0.1)
    return time.perf_counter() - started


async def run_batches(site: Site, people: People, orders: int) -> str:
    """Send batches as fast as they are answered; return a row of the table."""
    answers = Answers()
    each = orders // BOTS
    bodies = [list(make_batches(people, bot=n, orders=each, size=BATCH)) for n in range(BOTS)]
    async with Watcher(site.url, people.slugs) as watcher:
        before, started = cpu_seconds(site), time.perf_counter()
        senders = [
            send_batches(site.url, people.cookies[n], bodies[n], answers) for n in range(BOTS)
        ]
        await asyncio.gather(*senders)
        answered = time.perf_counter()
        pushed = await watcher.until(answers.seqs)
        used = per_order(before, cpu_seconds(site), orders)
    lag = await asyncio.to_thread(journal_lag, site)
    caught_up_s = await asyncio.to_thread(catch_up_s, site)
    seconds = max(answered, pushed) - started
    times = answers.times_ms
    return (
        f"{answers.accepted / seconds:>7.0f} orders/s  batch p50 {median(times):>5.0f}"
        f" p99 {percentile(times, 0.99):>5.0f} ms  pushed {max(0, pushed - answered):.2f} s later"
        f"  journal {lag} batches behind, read {caught_up_s:.1f} s later"
        f"  refused {answers.refused or 'none'}  ({used})"
    )


async def run_singles(site: Site, people: People, orders: int, per_s: float) -> str:
    """Send lone orders over sockets at a rate; return a row of the table."""
    batches = count_batches(site)
    before, started = cpu_seconds(site), time.perf_counter()
    acks = await send_singles(site.url, people, orders=orders, per_s=per_s)
    rate = orders / (time.perf_counter() - started)
    used = per_order(before, cpu_seconds(site), orders)
    times = acks.times_ms
    each = orders / (count_batches(site) - batches)
    return (
        f"{rate:>7.0f} orders/s  {each:.1f} a batch"
        f"  ack p50 {median(times):>5.1f} p99 {percentile(times, 0.99):>5.1f}"
        f" max {max(times):>5.1f} ms  refused {acks.refused or 'none'}  ({used})"
    )


def run_mails(site: Site, people: People, orders: int) -> str:
    """Send lone orders of members who get every mail; return a row of the table."""
    row = asyncio.run(run_singles(site, people, orders, MAILS_PER_S))
    catch_up_s(site)
    deadline = time.perf_counter() + 180
    health = f"{site.url}/healthz"
    while httpx.get(health).json()["mails_waiting"] and time.perf_counter() < deadline:
        time.sleep(0.2)
    with psycopg.connect(site.env["DATABASE_URL"]) as database:
        [(mails, lag_s)] = database.execute(MAIL_LAG).fetchall()
    return f"{row}  mails of {mails} orders, the latest {float(lag_s):.1f} s after"


def count_batches(site: Site) -> int:
    """Return how many batches the books have journaled so far."""
    with psycopg.connect(site.env["DATABASE_URL"]) as database:
        [(batches,)] = database.execute("SELECT sum(journal_number) FROM trading_shard").fetchall()
    return int(batches)


def faults(site: Site) -> list[str]:
    """Return why anything was answered as internal_error, and what the processes call an error."""
    with psycopg.connect(site.env["DATABASE_URL"]) as database:
        broken = [error for (error,) in database.execute("SELECT error FROM trading_deadletter")]
    return broken + [line for line in site.log.read_text().splitlines() if '"error"' in line]


def main() -> None:
    """Run what was asked for and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=40_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--singles-per-s", type=int, default=500)
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, once")
    parser.add_argument("--only", choices=("batches", "mails", "singles"))
    options = parser.parse_args()
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        sys.exit("Name the servers: DATABASE_URL=postgres://... REDIS_URL=redis://... make load")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the processes must not outlive this one
    orders, runs = (options.orders // 10, 1) if options.quick else (options.orders, options.runs)
    lone = orders // 8
    with (
        tempfile.TemporaryDirectory() as folder,
        start_stack(Path(folder), shards=options.shards) as site,
    ):
        bots = make_people(site, bots=20, markets=MARKETS)
        members = make_people(site, bots=20, markets=MARKETS, mails=True)
        asyncio.run(run_batches(site, bots, 4_000))  # everything is loaded, planned and cached
        kinds: dict[str, Callable[[], str]] = {
            "batches": lambda: asyncio.run(run_batches(site, bots, orders)),
            "singles": lambda: asyncio.run(run_singles(site, bots, lone, options.singles_per_s)),
            "mails": lambda: run_mails(site, members, lone),
        }
        wanted = [kind for kind in kinds if options.only in {None, kind} for _ in range(runs)]
        rows = [(kind, kinds[kind]()) for kind in tqdm(wanted, unit="run", file=sys.stderr)]
        wrong = faults(site)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, this test's included")
    for kind, row in rows:
        print(f"{kind:<8} {row}")
    for line in wrong:
        print(line)


if __name__ == "__main__":
    main()
