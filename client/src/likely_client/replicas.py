"""Local replicas of books, as one reads them: kept right in the background."""

import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from likely_client._bridge import Bridge
from likely_client._connection import Connection
from likely_client._followers import Frame
from likely_client._signals import Signal
from likely_client.books import BookState, ContractBook, Counters, Took
from likely_client.errors import LikelyError
from likely_client.models import Depth, Level, Market


class _Sides:
    """What can be read of one contract's book."""

    def depth(self, levels: int | None = None) -> Depth:
        """Return the best levels of each side; all without a number."""
        raise AssertionError("every book has its depth")

    @property
    def best_bid(self) -> Level | None:
        """The highest price somebody buys at, with its quantity."""
        return next(iter(self.depth(1).bids), None)

    @property
    def best_ask(self) -> Level | None:
        """The lowest price somebody sells at, with its quantity."""
        return next(iter(self.depth(1).asks), None)

    @property
    def spread(self) -> Decimal | None:
        """The best ask less the best bid; None where a side is empty."""
        (bid, ask) = self._best()
        return None if bid is None or ask is None else ask.price - bid.price

    @property
    def mid(self) -> Decimal | None:
        """Half-way between the best prices; None where a side is empty."""
        (bid, ask) = self._best()
        return None if bid is None or ask is None else (ask.price + bid.price) / 2

    def _best(self) -> tuple[Level | None, Level | None]:
        depth = self.depth(1)
        return next(iter(depth.bids), None), next(iter(depth.asks), None)


class OutcomeBook(_Sides):
    """One outcome's part of a replica."""

    def __init__(self, book: "BookView", contract: str) -> None:
        self._book = book
        self._contract = contract

    def depth(self, levels: int | None = None) -> Depth:
        """Return the best levels of each side; all without a number."""
        return self._book.depth_of(self._contract, levels)


class _Shared:
    """What the two faces of a replica share: written on the loop, read from any thread."""

    def __init__(self, market: Market, outcome: str | None) -> None:
        self.market = market
        self.contract = (
            None if outcome is None and not market.is_binary else (market.contract(outcome).id)
        )
        self.state = BookState()
        self.lock = threading.Lock()
        self.news = Signal()
        self.is_connected = True
        self.is_lagging = False
        self.error: LikelyError | None = None


class BookView(_Sides):
    """A local replica of a market's books, verified by checksum. Reading asks nobody."""

    def __init__(self, shared: _Shared) -> None:
        self._shared = shared
        self._seen = 0

    @property
    def market(self) -> Market:
        """The market, as it was when the book was opened."""
        return self._shared.market

    @property
    def seq(self) -> int | None:
        """The market's seq that the replica is at."""
        return self._shared.state.seq

    @property
    def epoch(self) -> int:
        """Counts who has owned the book; a lower one is out of date."""
        return self._shared.state.epoch

    @property
    def is_live(self) -> bool:
        """Whether the replica is whole, connected and not late; if not, it is being healed."""
        shared = self._shared
        return shared.is_connected and shared.state.is_synced and not shared.is_lagging

    @property
    def counters(self) -> Counters:
        """How often something went wrong on the way and was healed."""
        with self._shared.lock:
            return replace(self._shared.state.counters)

    def __getitem__(self, outcome: str) -> OutcomeBook:
        """Return the book of one outcome, by name. Raises UnknownOutcomeError."""
        return OutcomeBook(self, self.market.contract(outcome).id)

    def depth(self, levels: int | None = None) -> Depth:
        """Return the best levels of each side; all without a number.

        Raises LookupError in a market of several outcomes: book["Paris"].depth(10).
        """
        contract = self._shared.contract
        if contract is None:
            names = ", ".join(self.market.outcomes)
            raise LookupError(f"name the outcome: book[...] with one of {names}")
        return self.depth_of(contract, levels)

    def depth_of(self, contract: str, levels: int | None = None) -> Depth:
        """Return the best levels of each side of a contract."""
        with self._shared.lock:
            return self._shared.state.contracts.get(contract, ContractBook()).depth(levels)

    def checksums(self) -> dict[str, int]:
        """Return each contract's checksum, as the exchange computes it."""
        with self._shared.lock:
            return {key: one.checksum() for key, one in self._shared.state.contracts.items()}


class AsyncBook(BookView):
    """A replica that follows the live feed, and asks again where something is missing."""

    def __init__(self, market: Market, outcome: str | None, connection: Connection) -> None:
        super().__init__(_Shared(market, outcome))
        self.members: Mapping[str, str] = {"channel": "book", "market": market.slug}
        self._connection = connection

    async def changed(self, timeout_s: float | None = None) -> bool:
        """Wait for a change since the last call; False when there is none in time.

        Raises what ended the replica for good: a key that was revoked, say.
        """
        shared = self._shared
        found = await shared.news.wait_beyond(self._seen, timeout_s)
        self._seen = shared.news.count
        if shared.error is not None:
            raise shared.error
        return found

    async def __aiter__(self) -> AsyncIterator["AsyncBook"]:
        """Yield the book at each change; several at once count as one."""
        while True:
            await self.changed()
            yield self

    def blocking(self, bridge: Bridge) -> "Book":
        """Return the same replica for a program that is not asynchronous."""
        return Book(self, bridge)

    def since(self) -> int | None:
        """Return how far it has come; None where it needs everything."""
        state = self._shared.state
        return state.seq if state.is_synced else None

    def take(self, frame: Frame) -> bool:
        """Take a frame; False where something is missing."""
        shared = self._shared
        with shared.lock:
            took = shared.state.take(frame)
            shared.is_connected = True
        if took is Took.APPLIED:
            shared.news.send()
        return took not in {Took.GAP, Took.CORRUPT}

    def is_behind(self, seq: int) -> bool:
        """Whether frames up to `seq` are not all here."""
        self._shared.is_connected = True
        return self._shared.state.is_behind(seq)

    def miss(self) -> None:
        """Note that frames were lost."""
        self._shared.state.miss()

    def lag(self, *, is_lagging: bool) -> None:
        """Note whether what is told comes late."""
        self._shared.is_lagging = is_lagging

    def end(self, error: LikelyError | None) -> None:
        """Note that the connection is gone; for good where there is an error."""
        shared = self._shared
        shared.is_connected = False
        shared.state.counters.reconnects += error is None
        if error is not None:
            shared.error = error
            shared.news.send()


class Book(BookView):
    """A replica that looks synchronous: it changes in the background while you read it."""

    def __init__(self, book: AsyncBook, bridge: Bridge) -> None:
        super().__init__(book._shared)  # noqa: SLF001 -- two faces of one replica
        self._book = book
        self._bridge = bridge

    def changed(self, timeout_s: float | None = None) -> bool:
        """Wait for a change since the last call; False when there is none in time."""
        return self._bridge.run(self._book.changed(timeout_s))

    def __iter__(self) -> Iterator["Book"]:
        """Yield the book at each change; several at once count as one."""
        while True:
            self.changed()
            yield self
