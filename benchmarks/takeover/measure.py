"""Lose owners while orders come in, and time the pauses.

Run by the benchmark in the environment of the database:
    python -m benchmarks.takeover.measure TIMES RATE (all | handovers)
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.db.models import Max, Min

ROOT = Path(__file__).resolve().parent.parent.parent
IDLE_PER_S = 20
LABELS = ("a", "b")
# What loses the owner of a site's market so many times, and returns the pauses in milliseconds.
Measure = Callable[["Site", int], list[int]]


class Site:
    """Two workers on one database, and a market that orders go into."""

    def __init__(self) -> None:
        self.workers = {label: start(label) for label in LABELS}
        self.market = make_market()
        self.account = make_account()

    def owner(self) -> str:
        """Return the label of the market's owner, once the other has its books."""
        from exchange.trading.models import Follower, Shard, Worker  # noqa: PLC0415 -- needs setup

        warm = Follower.objects.filter(shard=self.market.shard, is_warm=True, differs="")
        while True:
            shard = Shard.objects.filter(number=self.market.shard).first()
            if shard is None:  # no worker has come up yet
                time.sleep(0.05)
                continue
            living = Worker.objects.filter(expires_at_ms__gt=1_000 * time.time())
            labels = dict(living.values_list("name", "label"))
            others = warm.filter(worker__in=labels.keys() - {shard.owner})
            if shard.owner in labels and len(labels) == len(LABELS) and others.exists():
                return labels[shard.owner]
            time.sleep(0.05)

    def replace(self, label: str, number: signal.Signals) -> float:
        """End a worker by a signal and start it again; return when it was sent."""
        sent_at = time.time()
        self.workers[label].send_signal(number)
        self.workers[label].wait(60)
        self.workers[label] = start(label)
        return sent_at

    def move(self, label: str) -> float:
        """Move the market's shard to the other worker."""
        from exchange.trading.owning.pinning import pin_shards  # noqa: PLC0415 -- needs setup

        other = LABELS[1 - LABELS.index(label)]
        pin_shards([self.market.shard], label=other)
        return time.time()

    def stop(self) -> None:
        """End both workers."""
        for worker in self.workers.values():
            worker.terminate()
            worker.wait(60)


def start(label: str) -> "subprocess.Popen[bytes]":
    """Start a worker."""
    command = [sys.executable, "manage.py", "runbooks", "--label", label]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ.copy())


def make_market() -> Any:
    """Make an open market."""
    from exchange.markets.services import create_event, create_market  # noqa: PLC0415 -- needs setup
    from exchange.trading.openings import submit_openings  # noqa: PLC0415 -- as above

    event = create_event(title="A benchmark", category="Science")
    market = create_market(event=event, title="Question?", outcomes=["Yes"], rules="None.")
    list(submit_openings(market_ids=[market.pk]))
    return market


def make_account() -> Any:
    """Make an account that can pay for anything."""
    from exchange.ledger.services import open_operator_account  # noqa: PLC0415 -- needs setup

    return open_operator_account(code="flow-1", grant_ticks=10**13)


@contextmanager
def orders(site: Site, per_second: int) -> Iterator[None]:
    """Put orders into the market's inbox at a rate, ten a time at most."""
    stopping = threading.Event()
    thread = threading.Thread(target=send, args=(site, per_second, stopping))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def start_loop() -> None:
    """Give this process a loop, which nudges are sent on, as a web process has."""
    from core.loop import set_loop  # noqa: PLC0415 -- needs setup

    running = asyncio.new_event_loop()
    set_loop(running)
    threading.Thread(target=running.run_forever, daemon=True).start()


def send(site: Site, per_second: int, stopping: threading.Event) -> None:
    """Send orders that meet each other until told to stop."""
    from django.db import connection  # noqa: PLC0415 -- needs setup

    from core.ids import new_id  # noqa: PLC0415 -- as above
    from exchange.trading import inbox  # noqa: PLC0415 -- as above
    from exchange.trading.gateway import submit_many  # noqa: PLC0415 -- as above

    contract, group = site.market.contracts.get().pk, max(1, min(10, per_second // 20))
    next_at, count = time.monotonic(), 0
    while not stopping.is_set():
        rows = []
        for _ in range(group):
            count += 1
            order = new_id()
            command = {
                "type": "PlaceOrder", "order": order, "account": site.account.pk,
                "contract": contract, "side": ("buy", "sell")[count % 2], "price_ticks": 5_000,
                "quantity": 1, "stp": "allow",
            }  # fmt: skip
            rows.append(
                inbox.new_row(
                    command_id=order, shard=site.market.shard, command=command,
                    account_id=site.account.pk,
                )
            )  # fmt: skip
        submit_many(rows)
        next_at += group / per_second
        time.sleep(max(0.0, next_at - time.monotonic()))
    connection.close()


def pause_ms(site: Site, lose: Callable[[str], float], *, since_signal: bool) -> int:
    """Lose the owner once; return how long the market paused."""
    from exchange.trading.models import JournalBatch, Shard  # noqa: PLC0415 -- needs setup

    site.owner()
    time.sleep(2)  # shards that are to move have moved
    owner = site.owner()
    epoch = Shard.objects.get(number=site.market.shard).epoch
    sent_at = lose(owner)
    batches = JournalBatch.objects.filter(shard=site.market.shard).order_by("number")
    while (
        first := batches.filter(epoch__gt=epoch).values_list("time_ms", flat=True).first()
    ) is None:
        time.sleep(0.02)
    last = batches.filter(epoch=epoch).values_list("time_ms", flat=True).last()
    return first - (round(1_000 * sent_at) if since_signal else last)


def handover_pauses_ms(site: Site) -> list[int]:
    """Restart both workers, one after the other; return each pause of the market meanwhile."""
    from exchange.trading.models import JournalBatch, Shard  # noqa: PLC0415 -- needs setup

    before = Shard.objects.get(number=site.market.shard).epoch
    for label in LABELS:
        site.replace(label, signal.SIGTERM)
        site.owner()
        time.sleep(2)  # shards that are to move have moved
    batches = JournalBatch.objects.filter(shard=site.market.shard, epoch__gte=before)
    spans = batches.values("epoch").annotate(first=Min("time_ms"), last=Max("time_ms"))
    ends = list(spans.order_by("epoch").values_list("first", "last"))
    return [first - last for (_, last), (first, _) in pairwise(ends)]


def restart_pauses_ms(site: Site, times: int) -> list[int]:
    """Restart both workers in turn until the market has paused so many times."""
    pauses: list[int] = []
    while len(pauses) < times:
        pauses += handover_pauses_ms(site)
    return pauses[:times]


def each(lose: Callable[[Site, str], float], *, since_signal: bool = False) -> Measure:
    """Return what loses the owner so many times."""
    return lambda site, times: [
        pause_ms(site, lambda who: lose(site, who), since_signal=since_signal) for _ in range(times)
    ]


def killed(site: Site, label: str) -> float:
    """Kill a worker."""
    return site.replace(label, signal.SIGKILL)


def stopped(site: Site, label: str) -> float:
    """Stop a worker."""
    return site.replace(label, signal.SIGTERM)


WAYS: tuple[tuple[str, Measure], ...] = (
    ("killed", each(killed, since_signal=True)),
    ("stopped", each(stopped)),
    ("moved", each(Site.move)),
    ("restarted in turn", restart_pauses_ms),
)


def main() -> None:
    """Print the table."""
    django.setup()
    start_loop()
    times, rate, which = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    site = Site()
    print(f"take-over, {times} times each{'slowest ms':>20}{'median ms':>12}")
    try:
        for name, measure in WAYS[1:] if which == "handovers" else WAYS:
            for load, per_second in (("idle", IDLE_PER_S), (f"{rate}/s", rate)):
                with orders(site, per_second):
                    pauses = measure(site, times)
                label = f"{name}, {load}"
                print(f"{label:<30}{max(pauses):>16}{median(pauses):>12.0f}", flush=True)
    finally:
        site.stop()


if __name__ == "__main__":
    main()
