"""Frames of the book channel: by far the most of all, so each format is made of ticks directly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.money import format_ticks
from exchange.realtime.frame import Frame
from exchange.realtime.proto.live_pb2 import (
    FRAME_TYPE_DELTA,
    FRAME_TYPE_SNAPSHOT,
    ServerMessage,
)
from exchange.realtime.proto.mapping import put_levels
from exchange.trading.checksums import Level

WireLevel = tuple[str, int]


@dataclass(frozen=True, slots=True)
class ContractLevels:
    """Levels of one contract, all or those that changed, and the whole book's checksum."""

    contract: int
    bids: Sequence[Level]
    asks: Sequence[Level]
    checksum: int


class BookFrame(Frame):
    """A market's books, or what changed of them since `prev_seq`; None: the whole."""

    __slots__ = ("contracts", "epoch", "prev_seq", "seq", "slug")

    def __init__(
        self,
        slug: str,
        *,
        epoch: int,
        prev_seq: int | None,
        seq: int,
        contracts: Sequence[ContractLevels],
    ) -> None:
        super().__init__()
        self.slug = slug
        self.epoch = epoch
        self.prev_seq = prev_seq
        self.seq = seq
        self.contracts = contracts

    @property
    def members(self) -> Mapping[str, Any]:
        """The message as JSON has it."""
        return {
            "channel": "book",
            "market": self.slug,
            "type": "snapshot" if self.prev_seq is None else "delta",
            "epoch": self.epoch,
            "prev_seq": self.prev_seq,
            "seq": self.seq,
            "contracts": [
                {
                    "contract": str(one.contract),
                    "bids": wire_levels(one.bids),
                    "asks": wire_levels(one.asks),
                    "checksum": one.checksum,
                }
                for one in self.contracts
            ],
        }

    def _to_binary(self) -> bytes:
        message = ServerMessage()
        # Filled in place: parts that are made before they are put in are copied.
        book = message.book
        book.market = self.slug
        book.type = FRAME_TYPE_SNAPSHOT if self.prev_seq is None else FRAME_TYPE_DELTA
        book.epoch = self.epoch
        if self.prev_seq is not None:
            book.prev_seq = self.prev_seq
        book.seq = self.seq
        for one in self.contracts:
            entry = book.contracts.add(contract_id=one.contract, checksum=one.checksum)
            put_levels(entry.bids, one.bids)
            put_levels(entry.asks, one.asks)
        return message.SerializeToString()


def wire_levels(levels: Iterable[Level]) -> list[WireLevel]:
    """Return levels as the wire has them: [["0.4500", 120], ...]."""
    return [(format_ticks(price_ticks), quantity) for price_ticks, quantity in levels]
