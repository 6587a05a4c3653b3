"""A reference client's copy of a market: what a careful bot does with the frames it gets."""

from dataclasses import dataclass, field

from core.money import parse_ticks
from exchange.trading.checksums import checksum


class GapError(Exception):
    """A frame does not follow on what is here, or the checksum differs."""


@dataclass
class BookReplica:
    """The books of one market, from the frames of the book channel."""

    epoch: int = -1
    seq: int | None = None
    books: dict = field(default_factory=dict)
    frames: int = 0
    snapshots: int = 0

    def take(self, frame: dict) -> None:
        if frame["epoch"] < self.epoch:
            return
        if frame["type"] == "snapshot":
            self.books.clear()
            self.snapshots += 1
        elif frame["prev_seq"] != self.seq:
            raise GapError(f"prev_seq {frame['prev_seq']} after {self.seq}")
        assert self.seq is None or frame["type"] == "snapshot" or frame["seq"] > self.seq
        self.frames += 1
        for entry in frame["contracts"]:
            self._apply(entry)
        self.epoch, self.seq = frame["epoch"], frame["seq"]

    def _apply(self, entry: dict) -> None:
        book = self.books.setdefault(entry["contract"], {"bids": {}, "asks": {}})
        for side in ("bids", "asks"):
            for price, quantity in entry[side]:
                if quantity:
                    book[side][parse_ticks(price)] = quantity
                else:
                    book[side].pop(parse_ticks(price), None)
        if checksum(*self.levels(entry["contract"])) != entry["checksum"]:
            raise GapError(f"checksum of contract {entry['contract']} at {entry}")

    def levels(self, contract: str) -> tuple:
        book = self.books[contract]
        return sorted(book["bids"].items(), reverse=True), sorted(book["asks"].items())

    def state(self) -> dict:
        """Every contract's levels, best first."""
        return {contract: self.levels(contract) for contract in self.books}


@dataclass
class TradeReplica:
    """The trades of one market, in order, none twice."""

    seq: int | None = None
    trades: list = field(default_factory=list)

    def take(self, frame: dict) -> None:
        if frame["type"] == "snapshot":
            self.trades = []
        elif frame["prev_seq"] != self.seq:
            raise GapError(f"prev_seq {frame['prev_seq']} after {self.seq}")
        self.trades += frame["trades"]
        seqs = [trade["seq"] for trade in self.trades]
        assert seqs == sorted(set(seqs)), "newest last, none twice"
        self.seq = frame["seq"]


@dataclass
class AccountReplica:
    """One account's orders, positions and balance, from the frames of the account channel."""

    seq: int | None = None
    balance: dict = field(default_factory=dict)
    orders: dict = field(default_factory=dict)
    positions: dict = field(default_factory=dict)
    fills: list = field(default_factory=list)

    def take(self, frame: dict) -> None:
        if frame["type"] == "snapshot":
            self.orders.clear()
            self.positions.clear()
        elif frame["prev_account_seq"] != self.seq:
            raise GapError(f"prev_account_seq {frame['prev_account_seq']} after {self.seq}")
        self.balance = frame["balance"]
        self.orders |= {order["id"]: order for order in frame["orders"]}
        for position in frame["positions"]:
            self.positions[position["contract"]] = position["quantity"]
        self.fills += frame["fills"]
        assert len({fill["id"] for fill in self.fills}) == len(self.fills), "no fill twice"
        self.seq = frame["account_seq"]

    def open_orders(self) -> dict:
        return {
            key: order["open_quantity"]
            for key, order in self.orders.items()
            if order["open_quantity"]
        }
