"""The frames of the live feed as JSON text: decimal strings for prices, strings for ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from core.money import format_ticks
from exchange.realtime.books import BookCopy
from exchange.trading.checksums import Level

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WireLevel = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Tape:
    """One trade as everybody may see it."""

    id: int
    contract: int
    price_ticks: int
    quantity: int
    side: str
    seq: int
    time_ms: int


def encode(message: Mapping[str, object]) -> str:
    """Return a message as compact JSON."""
    return msgspec.json.encode(message).decode()


def format_time(time_ms: int) -> str:
    """Return milliseconds since 1970 as RFC 3339 in UTC."""
    moment = _EPOCH + timedelta(milliseconds=time_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wire_levels(levels: Iterable[Level]) -> list[WireLevel]:
    """Return levels as the wire has them: [["0.4500", 120], ...]."""
    return [(format_ticks(price_ticks), quantity) for price_ticks, quantity in levels]


def book_snapshot(slug: str, *, epoch: int, seq: int, books: Mapping[int, BookCopy]) -> str:
    """Return the whole book of every contract of a market; prev_seq is null."""
    contracts = [
        {
            "contract": str(contract),
            "bids": wire_levels(book.bids()),
            "asks": wire_levels(book.asks()),
            "checksum": book.checksum(),
        }
        for contract, book in books.items()
    ]
    return _market_frame(
        "book", slug, "snapshot", epoch=epoch, prev_seq=None, seq=seq, contracts=contracts
    )


def book_delta(
    slug: str, *, epoch: int, prev_seq: int, seq: int, contracts: Sequence[Mapping[str, object]]
) -> str:
    """Return the levels that changed since prev_seq, absolute quantities."""
    return _market_frame(
        "book", slug, "delta", epoch=epoch, prev_seq=prev_seq, seq=seq, contracts=contracts
    )


def trades_frame(
    slug: str, *, epoch: int, prev_seq: int | None, seq: int, trades: Iterable[Tape]
) -> str:
    """Return trades, newest last: the latest (prev_seq None), or all since prev_seq."""
    kind = "snapshot" if prev_seq is None else "delta"
    shown = [
        {
            "id": str(trade.id),
            "contract": str(trade.contract),
            "price": format_ticks(trade.price_ticks),
            "quantity": trade.quantity,
            "side": trade.side,
            "time": format_time(trade.time_ms),
            "seq": trade.seq,
        }
        for trade in trades
    ]
    return _market_frame(
        "trades", slug, kind, epoch=epoch, prev_seq=prev_seq, seq=seq, trades=shown
    )


def market_frame(slug: str, *, epoch: int, prev_seq: int | None, seq: int, status: str) -> str:
    """Return where a market stands."""
    kind = "snapshot" if prev_seq is None else "delta"
    return _market_frame(
        "market", slug, kind, epoch=epoch, prev_seq=prev_seq, seq=seq, status=status
    )


def account_frame(kind: str, *, prev_seq: int | None, seq: int, **parts: object) -> str:
    """Return an account's state ("snapshot") or what changed of it ("delta")."""
    return encode(
        {
            "channel": "account",
            "type": kind,
            "prev_account_seq": prev_seq,
            "account_seq": seq,
            **parts,
        }
    )


def heartbeat(*, time_ms: int, seqs: Mapping[str, int], account_seq: int | None) -> str:
    """Return a heartbeat: the last seq sent on each subscription of this socket."""
    message: dict[str, object] = {
        "type": "heartbeat",
        "time": format_time(time_ms),
        "seqs": seqs,
    }
    if account_seq is not None:
        message["account_seq"] = account_seq
    return encode(message)


def _market_frame(
    channel: str,
    slug: str,
    kind: str,
    *,
    epoch: int,
    prev_seq: int | None,
    seq: int,
    **content: object,
) -> str:
    return encode(
        {
            "channel": channel,
            "market": slug,
            "type": kind,
            "epoch": epoch,
            "prev_seq": prev_seq,
            "seq": seq,
            **content,
        }
    )
