"""Your account's whole history in one file, and what follows from it when it is run again.

The file has one JSON object a line, oldest first: {"order": ...}, {"fill": ...}, {"transfer": ...},
and at its end what the exchange said of you at that moment: {"end": {"balance", "positions",
"account_seq", "digest"}}. The digest is the SHA-256 of all lines before. Whoever has the file can
check by `replay` that no line is missing or changed, and that money and positions follow from it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from likely_client._http import convert
from likely_client.errors import LikelyError
from likely_client.models import Balance, Fill, Order, Position, Transfer

_TRIES: Final = 5


class HistoryError(LikelyError):
    """The file is not a whole history, or the account never stood still while it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a history comes to; `wrong` says in what it differs from what the exchange said."""

    digest: str
    balance: Decimal
    positions: dict[str, int] = field(default_factory=dict)
    orders: int = 0
    fills: int = 0
    transfers: int = 0
    wrong: tuple[str, ...] = ()


class Reader(Protocol):
    """The part of a client that a history is read by."""

    async def balance(self) -> Balance:
        """Read the money."""

    async def positions(self) -> list[Position]:
        """List what is held."""

    async def orders(self, *, limit: int | None = None) -> list[Order]:
        """List orders."""

    async def fills(self, *, limit: int | None = 100) -> list[Fill]:
        """List trades."""

    async def ledger(self, *, limit: int | None = 100) -> list[Transfer]:
        """List movements of money."""


async def download(reader: Reader, path: Path) -> Replayed:
    """Write an account's history to a file, and return what it comes to when it is run again.

    Raises HistoryError where the account changes so much that no moment could be caught.
    """
    for _ in range(_TRIES):
        before = await reader.balance()
        rows = [
            *(("order", row) for row in reversed(await reader.orders(limit=None))),
            *(("fill", row) for row in reversed(await reader.fills(limit=None))),
            *(("transfer", row) for row in reversed(await reader.ledger(limit=None))),
        ]
        positions = await reader.positions()
        if (await reader.balance()).account_seq == before.account_seq:
            break
    else:
        raise HistoryError("the account changes while it is read: stop your bots, and try again")
    lines = [msgspec.json.encode({kind: row}) for kind, row in rows]
    end = {
        "balance": before.balance,
        "positions": {row.contract: row.quantity for row in positions},
        "account_seq": before.account_seq,
        "digest": _digest(lines),
    }
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_bytes(b"\n".join([*lines, msgspec.json.encode({"end": end}), b""]))
    unfinished.replace(path)
    return replay(path)


def replay(path: Path) -> Replayed:
    """Return what a history comes to. Raises HistoryError for a file that is none."""
    *lines, last = path.read_bytes().splitlines() or [b""]
    end = _read(last).get("end")
    if not isinstance(end, dict):
        raise HistoryError(f"{path} does not end as a history does: is it whole?")
    balance, held, counts = Decimal(0), defaultdict[str, int](int), defaultdict[str, int](int)
    for kind, row in _rows(lines):
        counts[kind] += 1
        if kind == "transfer":
            balance += convert(row, Transfer).amount
        elif kind == "fill":
            fill = convert(row, Fill)
            held[fill.contract] += fill.quantity if fill.side == "buy" else -fill.quantity
    told: dict[str, int] = end["positions"]
    digest = _digest(lines)
    return Replayed(
        digest=digest,
        balance=balance,
        positions={contract: held[contract] for contract in told},
        orders=counts["order"],
        fills=counts["fill"],
        transfers=counts["transfer"],
        wrong=tuple(_differences(end, digest, balance, held)),
    )


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    for line in lines:
        yield from _read(line).items()


def _read(line: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise HistoryError(f"not a line of a history: {line[:60]!r}") from error


def _digest(lines: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def _differences(
    end: dict[str, Any], digest: str, balance: Decimal, held: dict[str, int]
) -> Iterator[str]:
    if digest != end["digest"]:
        yield f"the lines have the digest {digest}, not {end['digest']}: one was changed"
    if balance != Decimal(end["balance"]):
        yield f"the ledger comes to {balance}, the balance was {end['balance']}"
    for contract, quantity in end["positions"].items():
        if held[contract] != quantity:
            yield f"the fills of contract {contract} come to {held[contract]}, held was {quantity}"
