"""`likely converge`: many replicas of the same books, and whether all come to the same."""

import argparse
import asyncio
import hashlib
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from likely_client.aio import AsyncClient
from likely_client.blocking import Client
from likely_client.cli.noise import make_noise
from likely_client.cli.output import Column, console, errors, show
from likely_client.replicas import AsyncBook

_PATIENCE_S: Final = 20.0
_LOOK_S: Final = 0.2
_DIGITS_SHOWN: Final = 16
CLIENTS_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """Where a client's replica stands, by how many steps it came there, and what was healed."""

    client: int
    seq: int | None
    digest: str
    states: int
    healed: int


_REPLICA: Final = (
    Column("client", attrgetter("client"), is_number=True),
    Column("seq", attrgetter("seq"), is_number=True),
    Column("digest", lambda replica: replica.digest[:_DIGITS_SHOWN]),
    Column("states seen", attrgetter("states"), is_number=True),
    Column("healed", attrgetter("healed"), is_number=True),
)


class Watcher:
    """A client with a replica, and the digest it had at each seq that it saw."""

    def __init__(self, client: AsyncClient, book: AsyncBook) -> None:
        self.client = client
        self.book = book
        self.digests: dict[int, str] = {}

    async def run(self) -> None:
        """Note each state, until cancelled."""
        while True:
            self.note()
            await self.book.changed()

    def note(self) -> None:
        """Note the state of now, if the replica is whole."""
        if self.book.is_live and self.book.seq is not None:
            self.digests[self.book.seq] = digest_of(self.book)


def converge(_: Client, asked: argparse.Namespace) -> int:
    """Keep many replicas of a market's books; 1 where one differs from another or the site's."""
    if not 1 <= asked.clients <= CLIENTS_MAX:
        raise ValueError(f"--clients is 1 to {CLIENTS_MAX}.")
    keys = _read_keys(asked.clients) if asked.trade else [None] * asked.clients
    return asyncio.run(_converge(asked, keys))


def _read_keys(count: int) -> list[str]:
    """Return a key for each client, from the input: nobody else sees them there."""
    try:
        keys = json.loads(sys.stdin.readline())
    except ValueError:
        keys = None
    if not isinstance(keys, list) or len(keys) != count:
        raise ValueError(f"--trade takes a JSON list of {count} keys, a line of its input.")
    return keys


async def _converge(asked: argparse.Namespace, keys: Sequence[str | None]) -> int:
    async with AsyncExitStack() as stack:
        watchers = [await _open(stack, asked.site, asked.market, key) for key in keys]
        tasks = [asyncio.create_task(watcher.run()) for watcher in watchers]
        try:
            await _trade_and_wait(watchers if asked.trade else (), asked.seconds)
            site = await _settled(stack, asked, watchers)
        finally:
            for task in tasks:
                task.cancel()
        show(
            [_row(number, one) for number, one in enumerate(watchers, 1)],
            _REPLICA,
            as_json=asked.json,
            empty="",
        )
    return _verdict(watchers, site, as_json=asked.json)


async def _open(stack: AsyncExitStack, site: str, market: str, key: str | None = None) -> Watcher:
    client = await stack.enter_async_context(AsyncClient(site, key))
    return Watcher(client, await stack.enter_async_context(client.book(market)))


async def _trade_and_wait(traders: Sequence[Watcher], seconds: float) -> None:
    """Let some trade, each by its own replica, for so long; their orders are cancelled then.

    Raises what kept one of them from trading.
    """

    async def trade(one: Watcher) -> None:
        try:
            await make_noise(one.client, one.book, random.Random())  # noqa: S311 -- no secret
        finally:
            await one.client.cancel_all(market=one.book.market.slug)

    tasks = [asyncio.create_task(trade(one)) for one in traders]
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        else:
            await asyncio.sleep(seconds)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _settled(
    stack: AsyncExitStack, asked: argparse.Namespace, watchers: Sequence[Watcher]
) -> tuple[int, str] | None:
    """Return seq and digest of a snapshot that all have come to; None where they do not.

    Whoever joins now is given the books as the site has them. While others trade, replicas may
    go past a seq in one step: then another newcomer is asked.
    """
    until_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until_s:
        newcomer = await _open(stack, asked.site, asked.market)
        newcomer.note()
        for seq, digest in newcomer.digests.items():
            await asyncio.sleep(_LOOK_S)
            if all(watcher.digests.get(seq) == digest for watcher in watchers):
                return seq, digest
    return None


def _row(number: int, watcher: Watcher) -> Replica:
    seq = max(watcher.digests, default=None)
    counted = watcher.book.counters
    return Replica(
        client=number,
        seq=seq,
        digest="" if seq is None else watcher.digests[seq],
        states=len(watcher.digests),
        healed=counted.resyncs + counted.reconnects,
    )


def _verdict(watchers: Sequence[Watcher], site: tuple[int, str] | None, *, as_json: bool) -> int:
    differing = differing_seqs([watcher.digests for watcher in watchers])
    for seq in differing:
        errors.print(f"seq {seq}: the replicas differ", style="red")
    if site is None:
        errors.print("The replicas did not come to what the site has.", style="red")
    if site is not None and not differing and not as_json:
        seq, digest = site
        states = len({seq for watcher in watchers for seq in watcher.digests})
        console.print(
            f"{len(watchers)} clients, {states} seqs: equal at each, and to the site at {seq}."
        )
        console.print(f"digest {digest}")
    return 1 if differing or site is None else 0


def differing_seqs(seen: Sequence[Mapping[int, str]]) -> list[int]:
    """Return the seqs at which two who saw them saw different books."""
    at: dict[int, set[str]] = {}
    for digests in seen:
        for seq, digest in digests.items():
            at.setdefault(seq, set()).add(digest)
    return sorted(seq for seq, digests in at.items() if len(digests) > 1)


def digest_of(book: AsyncBook) -> str:
    """Return a digest of every level of a market's books."""
    levels = [
        [contract.id, *([[str(price), size] for price, size in side] for side in (bids, asks))]
        for contract in book.market.contracts
        for bids, asks in [book.depth_of(contract.id)]
    ]
    return hashlib.sha256(json.dumps(levels).encode()).hexdigest()
