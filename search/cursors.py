"""The opaque cursor of a page of results: the place of the last one before it."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from search.finding import Place

_PLACE: Final = re.compile(r"(-?\d{1,5})\.([01])\.(\d{1,19})\.(\d{1,19})", re.ASCII)
_INT64_MAX: Final = 2**63 - 1


def encode_place(place: Place | None) -> str | None:
    """Return the cursor of the page after a place; None where there is none."""
    if place is None:
        return None
    text = f"{place.relevance}.{int(place.is_open)}.{place.popularity}.{place.id}"
    return urlsafe_b64encode(text.encode("ascii")).decode("ascii").rstrip("=")


def decode_place(cursor: str) -> Place:
    """Return the place behind a cursor. Raises ValueError for one that nobody gave out."""
    text = urlsafe_b64decode(cursor.encode("ascii") + b"==").decode("ascii")
    match = _PLACE.fullmatch(text)
    if match is None:
        raise ValueError("not a cursor of ours")
    relevance, is_open, popularity, pk = map(int, match.groups())
    if max(popularity, pk) > _INT64_MAX:
        raise ValueError("not a cursor of ours")
    return Place(relevance, bool(is_open), popularity, pk)
