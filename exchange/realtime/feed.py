"""One market as the hub knows it: a copy of its book, kept right by seq, epoch and checksum.

Pure state, no I/O: `receive` takes what the book worker published, `load` what the database
says, `frames` tells what a subscription has not seen yet.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import takewhile
from typing import Any, Final

from exchange.realtime import frames
from exchange.realtime.books import BookCopy
from exchange.realtime.frame import Frame
from exchange.realtime.frames import Tape
from exchange.realtime.limits import TRADES_KEPT, TRADES_SHOWN, WINDOW_BATCHES
from exchange.trading.checksums import Level

Batch = Mapping[str, Any]  # a MarketBatch of exchange.trading.channels
CHANNELS: Final = ("book", "trades", "market")


class Outcome(Enum):
    """What became of a batch."""

    APPLIED = auto()
    OLD = auto()  # seen before, or of an owner that lost its lease
    GAP = auto()  # something before it is missing: it is held, the database must be asked
    CORRUPT = auto()  # the copy is not the worker's book: the database must be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSnapshot:
    """A market as the database has it, at `seq`."""

    market_id: int
    slug: str
    epoch: int
    seq: int
    status: str
    books: Mapping[int, tuple[Sequence[Level], Sequence[Level]]]  # contract: bids, asks
    trades: Sequence[Tape]  # the latest up to seq, oldest first


@dataclass(slots=True)
class _Change:
    bids: dict[int, int] = field(default_factory=dict)
    asks: dict[int, int] = field(default_factory=dict)
    checksum: int = 0


class MarketFeed:
    """A market's live state. Not thread-safe: it lives on the hub's event loop."""

    def __init__(self, market_id: int, slug: str) -> None:
        self.market_id = market_id
        self.slug = slug
        self.behind_since_s: float | None = None  # kept by who knows what time it is
        self.epoch = 0
        self.seq = -1
        self.status = ""
        self._status_seq = -1  # where the status changed last
        self._book_seq = -1  # where a level changed last
        self._trusted = False
        self._books: dict[int, BookCopy] = {}
        self._trades: deque[Tape] = deque(maxlen=TRADES_KEPT)
        self._trades_floor = 0  # every trade with a higher seq is in _trades
        self._window: deque[Batch] = deque(maxlen=WINDOW_BATCHES)
        self._held: dict[int, Batch] = {}
        self._frames: dict[tuple[str, int | None], Frame] = {}
        self._raw: dict[tuple[str, int, int], Frame] = {}

    @property
    def is_sound(self) -> bool:
        """Whether the copy is right as far as the messages tell."""
        return self._trusted and not self._held

    def receive(self, batch: Batch) -> Outcome:
        """Take a batch; what cannot be applied yet is held until `load` or the missing one."""
        if batch["epoch"] < self.epoch or (self._trusted and self._is_old(batch)):
            return Outcome.OLD
        is_next = batch["epoch"] == self.epoch and batch["prev_seq"] == self.seq
        if not (self._trusted and is_next):
            self._hold(batch)
            return Outcome.GAP
        return self._apply_with_held(batch)

    def load(self, snapshot: MarketSnapshot) -> bool:
        """Replace the copy by the database's, then apply what is held beyond it.

        Returns False, with nothing changed, where the copy is sound and at least as new.
        """
        if self.is_sound and (snapshot.epoch, snapshot.seq) <= (self.epoch, self.seq):
            return False
        self.epoch, self.seq = snapshot.epoch, snapshot.seq
        if snapshot.status != self.status:
            self.status, self._status_seq = snapshot.status, snapshot.seq
        self._book_seq = snapshot.seq
        self._books = {
            contract: BookCopy(bids, asks) for contract, (bids, asks) in snapshot.books.items()
        }
        self._trades = deque(snapshot.trades, maxlen=TRADES_KEPT)
        is_full = len(snapshot.trades) >= TRADES_SHOWN
        self._trades_floor = snapshot.trades[0].seq - 1 if is_full else 0
        self._window.clear()
        self._raw.clear()
        self._frames.clear()
        self._trusted = True
        self._held = {
            prev_seq: batch for prev_seq, batch in self._held.items() if batch["seq"] > self.seq
        }
        if self.seq in self._held:
            self._apply_with_held(self._held.pop(self.seq))
        return True

    def has_news(self, channel: str, sent: int | None) -> bool:
        """Whether a subscription that has seen `sent` lacks something."""
        return self._trusted and (sent is None or sent < self._latest(channel))

    def frames(
        self, channel: str, sent: int | None, *, is_raw: bool = False
    ) -> tuple[list[Frame], int | None]:
        """Return what a subscription lacks and the seq it has seen then: in one frame, or raw.

        `sent` None, or further back than the window, gives a snapshot. Raw is a frame for each
        batch. Each frame is made once for all who lack the same.
        """
        if not self.has_news(channel, sent):
            return [], sent
        if is_raw and sent is not None and channel != "market":
            batches = self._batches_after(sent)
            if batches is not None:
                return self._raw_frames(channel, sent, batches)
        frame = self._frames.get((channel, sent))
        if frame is None:
            frame = self._frames[channel, sent] = self._frame(channel, sent)
        return [frame], self.seq

    def start_from(self, channel: str, since: int | None) -> int | None:
        """Return the seq a new subscription counts as having seen: `since`, or None."""
        if since is None or since > self.seq or not self._trusted:
            return None
        if channel == "trades":
            return since if since >= self._trades_floor else None
        if channel == "market":
            return since
        return since if since == self.seq or self._changes(since) is not None else None

    def _is_old(self, batch: Batch) -> bool:
        return bool(batch["epoch"] == self.epoch and batch["seq"] <= self.seq)

    def _latest(self, channel: str) -> int:
        if channel == "trades":
            return self._trades[-1].seq if self._trades else -1
        return self._status_seq if channel == "market" else self._book_seq

    def _hold(self, batch: Batch) -> None:
        if len(self._held) >= WINDOW_BATCHES:
            self._held.clear()  # the snapshot to come is newer than most of it
        self._held[batch["prev_seq"]] = batch

    def _apply_with_held(self, batch: Batch | None) -> Outcome:
        while batch is not None:
            if not self._apply(batch):
                self._trusted = False
                return Outcome.CORRUPT
            batch = self._held.pop(self.seq, None)
        return Outcome.APPLIED

    def _apply(self, batch: Batch) -> bool:
        for change in batch["contracts"]:
            book = self._books.setdefault(change["contract"], BookCopy())
            book.apply(change["bids"], change["asks"])
            if book.checksum() != change["checksum"]:
                return False
        self.epoch, self.seq = batch["epoch"], batch["seq"]
        if batch["status"] != self.status:
            self.status, self._status_seq = batch["status"], self.seq
        if batch["contracts"]:
            self._book_seq = self.seq
        self._append_trades(batch["trades"])
        self._window.append(batch)
        self._frames.clear()
        return True

    def _append_trades(self, trades: Sequence[Mapping[str, Any]]) -> None:
        for trade in trades:
            if len(self._trades) == TRADES_KEPT:
                self._trades_floor = self._trades[0].seq
            self._trades.append(
                Tape(
                    id=trade["id"],
                    kind=trade["kind"],
                    contract=trade["contract"],
                    price_ticks=trade["price_ticks"],
                    quantity=trade["quantity"],
                    side=trade["side"],
                    seq=trade["seq"],
                    time_ms=trade["time_ms"],
                )
            )

    def _batches_after(self, since: int) -> list[Batch] | None:
        """Return the batches after `since`, in order; None when they are not all kept."""
        batches = list(takewhile(lambda batch: batch["seq"] > since, reversed(self._window)))
        if not batches or batches[-1]["prev_seq"] != since:
            return None
        return batches[::-1]

    def _raw_frames(
        self, channel: str, sent: int, batches: Sequence[Batch]
    ) -> tuple[list[Frame], int]:
        """Return a frame for each batch that has something for the channel."""
        made: list[Frame] = []
        for batch in batches:
            if not batch["contracts" if channel == "book" else "trades"]:
                continue
            key = (channel, sent, batch["seq"])
            if key not in self._raw:
                self._raw[key] = self._raw_frame(channel, sent, batch)
            made.append(self._raw[key])
            sent = batch["seq"]
        return made, sent

    def _raw_frame(self, channel: str, sent: int, batch: Batch) -> Frame:
        if len(self._raw) > 2 * WINDOW_BATCHES:
            self._raw.clear()  # who lags so far has them made again
        span = {"epoch": batch["epoch"], "prev_seq": sent, "seq": batch["seq"]}
        if channel == "trades":
            trades = [one for one in self._trades if sent < one.seq <= batch["seq"]]
            return frames.trades_frame(self.slug, **span, trades=trades)
        contracts = [frames.contract_levels(**change) for change in batch["contracts"]]
        return frames.book_delta(self.slug, **span, contracts=contracts)

    def _changes(self, since: int) -> dict[int, _Change] | None:
        """Add up the batches after `since`; None when they are not all kept."""
        batches = self._batches_after(since)
        if batches is None:
            return None
        changes: dict[int, _Change] = {}
        for batch in batches:
            for change in batch["contracts"]:
                merged = changes.setdefault(change["contract"], _Change())
                merged.bids.update(change["bids"])
                merged.asks.update(change["asks"])
                merged.checksum = change["checksum"]
        return changes

    def _frame(self, channel: str, sent: int | None) -> Frame:
        if channel == "book":
            return self._book_frame(sent)
        if channel == "trades":
            return self._trades_frame(sent)
        return frames.market_frame(
            self.slug, epoch=self.epoch, prev_seq=sent, seq=self.seq, status=self.status
        )

    def _book_frame(self, sent: int | None) -> Frame:
        changes = None if sent is None else self._changes(sent)
        if sent is None or changes is None:
            return frames.book_snapshot(
                self.slug, epoch=self.epoch, seq=self.seq, books=self._books
            )
        contracts = [
            frames.contract_levels(
                contract, change.bids.items(), change.asks.items(), change.checksum
            )
            for contract, change in changes.items()
        ]
        return frames.book_delta(
            self.slug, epoch=self.epoch, prev_seq=sent, seq=self.seq, contracts=contracts
        )

    def _trades_frame(self, sent: int | None) -> Frame:
        if sent is None or sent < self._trades_floor:
            shown, sent = list(self._trades)[-TRADES_SHOWN:], None
        else:
            shown = [trade for trade in self._trades if trade.seq > sent]
        return frames.trades_frame(
            self.slug, epoch=self.epoch, prev_seq=sent, seq=self.seq, trades=shown
        )
