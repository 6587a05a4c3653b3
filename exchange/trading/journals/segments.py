"""Segments: batches of a shard's journal as a file, version 1.

A segment is written once and never changed. It is a run of records, framed as those of the
engine's journal (exchange/engine/journal.py):

    4 bytes    length of the payload, little-endian, as are all numbers
    4          CRC32 of the payload
    4          CRC32 of these eight bytes
    ...        the payload: a JSON object in UTF-8

The first payload is the header, the last one the end; between them is one for each batch:

    {"type":"JournalSegment","version":1,"shard":3,"first":1,"last":2,"previous":"<digest>"}
    {"number":1,"epoch":1,"time_ms":1790000000000,"facts":"...","entries":"...","digest":"..."}
    {"number":2,...}
    {"type":"End","last":2,"digest":"<digest of the last batch>"}

`previous` is the digest of the batch before the first, 64 zeros before batch 1. A batch's digest
is the hex SHA-256 over the digest before it, shard, number, epoch, time_ms, facts and entries,
joined by line feeds. The file's name says what it holds:
`shard-3/000000000001-000000000002.segment`.
"""

import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, BinaryIO, Final, Self

from exchange.engine.journal import JournalError, read_payloads
from exchange.trading.journals.faults import BadBatchError, SegmentError, TornSegmentError
from exchange.trading.journals.replaying import ChainWalk
from exchange.trading.journals.rows import pack_row, unpack_row
from exchange.trading.models import JournalBatch

VERSION: Final = 1

_frame: Final = Struct("<II")
_checksum: Final = Struct("<I")
_encode: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_NAME: Final = re.compile(r"(\d{12,})-(\d{12,})\.segment", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SegmentName:
    """Which batches of which shard a segment holds."""

    shard: int
    first: int
    last: int

    @classmethod
    def parse(cls, shard: int, file_name: str) -> Self | None:
        """Return the name of a file of a shard's folder, None for a file of another kind."""
        match = _NAME.fullmatch(file_name)
        return None if match is None else cls(shard=shard, first=int(match[1]), last=int(match[2]))

    @property
    def path(self) -> str:
        """Where it is in a store."""
        return f"shard-{self.shard}/{self.first:012}-{self.last:012}.segment"


def name_segment(rows: Sequence[JournalBatch]) -> SegmentName:
    """Return the name of the segment of these batches."""
    return SegmentName(shard=rows[0].shard, first=rows[0].number, last=rows[-1].number)


def encode_segment(previous: str, rows: Sequence[JournalBatch]) -> bytes:
    """Return the segment of one batch or more; `previous` is the digest before the first.

    The same batches give the same bytes.
    """
    name = name_segment(rows)
    header = {"type": "JournalSegment", "version": VERSION, "shard": name.shard}
    header |= {"first": name.first, "last": name.last, "previous": previous}
    end = {"type": "End", "last": name.last, "digest": rows[-1].digest}
    return b"".join(map(_record, (header, *map(pack_row, rows), end)))


def decode_segment(name: SegmentName, file: BinaryIO) -> Iterator[JournalBatch]:
    """Iterate over a segment's batches, not saved, each checked against the one before.

    Raises TornSegmentError after the last whole batch of one that was cut off, SegmentError for
    anything else than what `encode_segment` gives.
    """
    payloads = _payloads(name, file)
    header = next(payloads, None)
    if header is None:
        raise TornSegmentError(f"{name.path}: it has no header")
    previous = header.get("previous")
    expected = {"type": "JournalSegment", "version": VERSION, "shard": name.shard}
    expected |= {"first": name.first, "last": name.last, "previous": previous}
    if header != expected or not isinstance(previous, str):
        raise SegmentError(f"{name.path}: its header is not one of version {VERSION}: {header}")
    walk = ChainWalk(name.shard, number=name.first - 1, digest=previous)
    yield from _rows(name, walk, payloads)


def _rows(
    name: SegmentName, walk: ChainWalk, payloads: Iterator[Mapping[str, Any]]
) -> Iterator[JournalBatch]:
    for members in payloads:
        if members.get("type") == "End":
            if (walk.number, walk.digest) != (members.get("last"), members.get("digest")):
                raise SegmentError(f"{name.path}: its end does not fit its batches")
            return
        try:
            row = unpack_row(name.shard, members)
            walk.step(row)
        except (BadBatchError, KeyError, TypeError) as error:
            raise SegmentError(f"{name.path}: {error}") from error
        yield row
    raise TornSegmentError(f"{name.path}: its end is missing, after batch {walk.number}")


def _payloads(name: SegmentName, file: BinaryIO) -> Iterator[Mapping[str, Any]]:
    try:
        # What was torn shows by the missing end.
        for payload in read_payloads(file, lambda _: None):
            members = json.loads(payload)
            if not isinstance(members, dict):
                raise SegmentError(f"{name.path}: holds a record that is no object")
            yield members
    except (JournalError, ValueError) as error:
        raise SegmentError(f"{name.path}: {error}") from error


def _record(members: Mapping[str, Any]) -> bytes:
    payload = _encode(members).encode()
    head = _frame.pack(len(payload), zlib.crc32(payload))
    return head + _checksum.pack(zlib.crc32(head)) + payload
