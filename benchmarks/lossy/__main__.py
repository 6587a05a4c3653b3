"""Replicas of a book over lines that lose, delay, double, swap and cut frames.

    DATABASE_URL=postgres://... REDIS_URL=redis://... python -m benchmarks lossy
        [--minutes 10] [--quick] [--rate 1000] [--share 0.01] [--replicas 20]

A whole site is started; orders change one book `rate` times a second, or as fast as this machine
can. Replicas of the Python client follow it, told ten times a second, two of them a hundred times,
each over a line of its own that harms one frame in a hundred. A replica that says it is right is
compared with the site at each heartbeat. Exit status 1 where an aim is not met.
"""

import argparse
import asyncio
import logging
import os
import random
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from likely_client import AsyncClient

from benchmarks.load.site import People, make_people, start_stack
from benchmarks.lossy.changing import Changes, change_book
from benchmarks.lossy.line import KINDS, Line, Passed
from benchmarks.lossy.watching import Truth, Watched, look_at
from tests.browser.sites import Site

HEARTBEAT_S: Final = 5.0
SETTLE_S: Final = 60.0
RAW: Final = 2  # replicas that are told a hundred times a second
RAW_MS: Final = 10


@dataclass(frozen=True, slots=True)
class Over:
    """What went over the lines, what changed, and how many replicas are right at the end."""

    passed: Passed
    changes: Changes
    equal: int


async def run(site: Site, people: People, options: argparse.Namespace) -> bool:
    """Follow, harm, compare, print; return whether all aims are met."""
    market, passed, truth = people.slugs[0], Passed(), Truth()
    async with AsyncExitStack() as stack:
        direct = await stack.enter_async_context(AsyncClient(site.url))
        following = asyncio.create_task(truth.follow(direct, market))
        stack.callback(following.cancel)
        watched, lines = [], []
        for number in range(options.replicas):
            chance = random.Random(options.seed + number)  # noqa: S311 -- the same faults each time
            line = await stack.enter_async_context(Line(site.url, 0.0, chance, passed))
            client = await stack.enter_async_context(AsyncClient(line.url))
            if number < RAW:
                await client.session(conflate_ms=RAW_MS)
            book = await stack.enter_async_context(client.book(market))
            line.watcher = Watched(book, truth)
            watched.append(line.watcher)
            lines.append(line)
        tasks = [asyncio.create_task(look_at(watched)), asyncio.create_task(compare(watched))]
        stack.callback(lambda: [task.cancel() for task in tasks])
        for line in lines:
            line.share = options.share
        changes = await change_book(site, people, rate=options.rate, seconds=options.seconds)
        for line in lines:
            line.share = 0.0
        await settle(watched, changes.seq)
        depths = [one.book.depth() for one in watched]
        wanted = await direct.depth(market, levels=10_000)
    equal = sum(one == wanted for one in depths)
    return report(options, watched, Over(passed, changes, equal))


async def compare(watched: list[Watched]) -> None:
    """Compare every replica with the site as often as it is told a heartbeat."""
    while True:
        await asyncio.sleep(HEARTBEAT_S)
        for one in watched:
            one.compare()


async def settle(watched: list[Watched], seq: int) -> None:
    """Return when all have come to the last change, or have had their time."""
    for _ in range(int(SETTLE_S * 10)):
        if all(one.book.is_live and (one.book.seq or 0) >= seq for one in watched):
            return
        await asyncio.sleep(0.1)


def report(options: argparse.Namespace, watched: list[Watched], over: Over) -> bool:
    """Print one table; return whether all aims are met."""
    passed, changes = over.passed, over.changes
    found = sorted(one for each in watched for one in each.detections_s) or [0.0]
    p50, p99 = (found[min(len(found) - 1, int(len(found) * part))] for part in (0.5, 0.99))
    undetected = sum(one.harmed_at_s is not None for one in watched)
    wrong, missed = sum(one.wrong for one in watched), sum(one.not_resumed for one in watched)
    resumed, snapshots = sum(one.resumed for one in watched), sum(one.snapshots for one in watched)
    faults = ", ".join(f"{kind} {passed.faults[kind]}" for kind in KINDS)
    rows: list[tuple[str, object]] = [
        ("replicas, of them raw", f"{len(watched)}, {min(RAW, len(watched))}"),
        ("seconds", f"{changes.seconds:.0f}"),
        ("changes a second, wanted", f"{changes.per_s:.0f}, {options.rate:.0f}"),
        ("frames", passed.frames),
        ("faults", f"{passed.faults.total()}: {faults}"),
        ("after a cut: resumed / snapshot", f"{resumed} / {snapshots}"),
        ("snapshots in the window (aim: 0)", missed),
        ("snapshots that healed", sum(one.book.counters.resyncs for one in watched)),
        ("detected, p50 / p99 / max", f"{p50:.3f} / {p99:.3f} / {found[-1]:.3f} s of {len(found)}"),
        ("not detected (aim: 0)", undetected),
        ("compared, wrong (aim: 0)", f"{sum(one.compared for one in watched)}, {wrong}"),
        ("equal at the end", f"{over.equal} of {len(watched)}"),
    ]
    for name, value in rows:
        print(f"{name:34}{value}")
    is_met = p99 < 2 * HEARTBEAT_S and over.equal == len(watched)
    return is_met and not (undetected or wrong or missed)


def main() -> int:
    """Start a site and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--quick", action="store_true", help="20 seconds")
    parser.add_argument("--rate", type=float, default=1_000)
    parser.add_argument("--share", type=float, default=0.01, help="of the frames that are harmed")
    parser.add_argument("--replicas", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.seconds = 20.0 if options.quick else 60 * options.minutes
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        sys.exit("Set DATABASE_URL and REDIS_URL: the site is the production processes.")
    logging.getLogger("likely_client").setLevel(logging.ERROR)  # what is lost is counted here
    with tempfile.TemporaryDirectory() as folder, start_stack(Path(folder)) as site:
        people = make_people(site, bots=2, markets=1)
        return 0 if asyncio.run(run(site, people, options)) else 1


if __name__ == "__main__":
    sys.exit(main())
