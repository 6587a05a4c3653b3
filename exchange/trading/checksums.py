"""The checksum by which a client knows that its copy of a book is right."""

import zlib
from collections.abc import Sequence
from typing import Final

CHECKSUM_LEVELS: Final = 10
Level = tuple[int, int]  # price_ticks, quantity


def checksum(bids: Sequence[Level], asks: Sequence[Level]) -> int:
    """Return the CRC32 of "price_ticks:quantity," of the ten best asks, then the ten best bids."""
    levels = (*asks[:CHECKSUM_LEVELS], *bids[:CHECKSUM_LEVELS])
    return zlib.crc32("".join(f"{price}:{quantity}," for price, quantity in levels).encode())
