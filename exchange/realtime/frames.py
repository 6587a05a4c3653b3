"""The frames of the live feed, as JSON has them: decimal strings for prices, strings for ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.money import format_ticks
from exchange.realtime.book_frame import BookFrame, ContractLevels
from exchange.realtime.books import BookCopy
from exchange.realtime.frame import Frame
from exchange.realtime.limits import LAGGING_S
from exchange.trading.checksums import Level

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tape:
    """One trade as everybody may see it."""

    id: int
    kind: str
    contract: int
    price_ticks: int
    quantity: int
    side: str
    seq: int
    time_ms: int


def format_time(time_ms: int) -> str:
    """Return milliseconds since 1970 as RFC 3339 in UTC."""
    moment = _EPOCH + timedelta(milliseconds=time_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def contract_levels(
    contract: int, bids: Iterable[Level], asks: Iterable[Level], checksum: int
) -> ContractLevels:
    """Return one contract's levels, all or those that changed, as a book's frame has them."""
    return ContractLevels(contract, tuple(bids), tuple(asks), checksum)


def book_snapshot(slug: str, *, epoch: int, seq: int, books: Mapping[int, BookCopy]) -> Frame:
    """Return the whole book of every contract of a market; prev_seq is null."""
    contracts = [
        contract_levels(contract, book.bids(), book.asks(), book.checksum())
        for contract, book in books.items()
    ]
    return BookFrame(slug, epoch=epoch, prev_seq=None, seq=seq, contracts=contracts)


def book_delta(
    slug: str, *, epoch: int, prev_seq: int, seq: int, contracts: Sequence[ContractLevels]
) -> Frame:
    """Return the levels that changed since prev_seq, absolute quantities."""
    return BookFrame(slug, epoch=epoch, prev_seq=prev_seq, seq=seq, contracts=contracts)


def trades_frame(
    slug: str, *, epoch: int, prev_seq: int | None, seq: int, trades: Iterable[Tape]
) -> Frame:
    """Return trades, newest last: the latest (prev_seq None), or all since prev_seq."""
    kind = "snapshot" if prev_seq is None else "delta"
    shown = [
        {
            "id": str(trade.id),
            "kind": trade.kind,
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


def market_frame(slug: str, *, epoch: int, prev_seq: int | None, seq: int, status: str) -> Frame:
    """Return where a market stands."""
    kind = "snapshot" if prev_seq is None else "delta"
    return _market_frame(
        "market", slug, kind, epoch=epoch, prev_seq=prev_seq, seq=seq, status=status
    )


def account_frame(kind: str, *, prev_seq: int | None, seq: int, **parts: object) -> Frame:
    """Return an account's state ("snapshot") or what changed of it ("delta")."""
    return Frame(
        {
            "channel": "account",
            "type": kind,
            "prev_account_seq": prev_seq,
            "account_seq": seq,
            **parts,
        }
    )


def topic_frame(
    address: Mapping[str, str], payload: Mapping[str, object], *, prev_seq: int, seq: int
) -> Frame:
    """Return a push of a topic: the payload, beside an address and seqs that it cannot change."""
    return Frame({"type": "update", **payload, **address, "prev_seq": prev_seq, "seq": seq})


def topic_reset(address: Mapping[str, str], *, seq: int) -> Frame:
    """Return the frame that has a client read anew what the topic is about."""
    return Frame({"type": "reset", **address, "prev_seq": None, "seq": seq})


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind who is, at worst since the client was told last.

    The client's is how long it took nothing of what was sent to it, the server's how long what it
    shows may have been older than the books.
    """

    client_ms: int = 0
    server_ms: int = 0

    @property
    def is_lagging(self) -> bool:
        """Whether one of both is to worry about."""
        return max(self.client_ms, self.server_ms) >= 1000 * LAGGING_S

    @property
    def members(self) -> dict[str, object]:
        """The lag as frames have it."""
        return {
            "lagging": self.is_lagging,
            "client_lag_ms": self.client_ms,
            "server_lag_ms": self.server_ms,
        }


def heartbeat(*, time_ms: int, seqs: Mapping[str, int], account_seq: int | None, lag: Lag) -> Frame:
    """Return a heartbeat: the last seq sent on each subscription of this socket, and the lag."""
    message: dict[str, object] = {
        "type": "heartbeat",
        "time": format_time(time_ms),
        "seqs": seqs,
        **lag.members,
    }
    if account_seq is not None:
        message["account_seq"] = account_seq
    return Frame(message)


def lag_frame(lag: Lag, *, time_ms: int) -> Frame:
    """Return that somebody lags, or does no more."""
    return Frame({"type": "lag", "time": format_time(time_ms), **lag.members})


def dead_man(*, session: str, dead_man_ms: int, orders: int, time_ms: int) -> Frame:
    """Return that a client was silent for too long, and how many orders are cancelled for it."""
    return Frame(
        {
            "type": "dead_man",
            "time": format_time(time_ms),
            "session": session,
            "dead_man_ms": dead_man_ms,
            "orders": orders,
        }
    )


def _market_frame(
    channel: str,
    slug: str,
    kind: str,
    *,
    epoch: int,
    prev_seq: int | None,
    seq: int,
    **content: object,
) -> Frame:
    return Frame(
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
