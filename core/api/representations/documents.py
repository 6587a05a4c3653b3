"""A list as a document: what its page and its feed have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from rest_framework.request import Request

from core.api.representations.cells import Cell, make_cell
from core.api.representations.listing import Listing, Row, first_of, tag, words

# A feed that has had no entry yet has not changed since the beginning.
_NEVER: Final = "1970-01-01T00:00:00Z"
_OF_A_PAGE: Final = ("cursor", "limit", "format", "min_seq", "min_account_seq")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row."""

    id: str
    title: str
    updated: str
    published: str
    link: str
    author: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page of a list. Links are whole addresses; `next` is "" on the last page."""

    id: str
    title: str
    site_name: str
    site: str
    updated: str
    page: str
    facts: Sequence[Cell]
    entries: Sequence[Entry]
    self: str
    first: str
    next: str
    is_first: bool
    json: str
    xhtml: str
    atom: str


def make_document(
    listing: Listing, data: Any, request: Request, parts: Mapping[str, Any]
) -> Document:
    """Return the document of a page: `data` is its JSON, `parts` those of its address."""
    told = _as_page(data)
    facts = {name: told[name] for name in told if name not in {"results", "next"}}
    around = {**facts, **parts}
    entries = [_entry(listing, row, around) for row in told["results"]]
    page = listing.page.format_map(around)
    return Document(
        id=_feed_id(request),
        title=listing.title.format_map(around),
        site_name=settings.SITE_NAME,
        site=f"{settings.SITE_URL}/",
        updated=max((entry.updated for entry in entries), default=_NEVER),
        page=f"{settings.SITE_URL}{page}" if page else "",
        facts=[make_cell(name, value) for name, value in facts.items()],
        entries=entries,
        self=_address(request),
        first=_address(request, cursor=""),
        next=_address(request, cursor=told["next"]) if told.get("next") else "",
        is_first=not request.query_params.get("cursor"),
        json=_address(request, format="json"),
        xhtml=_address(request, format="xhtml"),
        atom=_address(request, format="atom"),
    )


def _as_page(data: Any) -> Row:
    """Return a list without pages as its only one, and a row alone as a list of one."""
    if isinstance(data, Mapping):
        return data if "results" in data else {"results": [data]}
    return {"results": data}


def _entry(listing: Listing, row: Row, around: Row) -> Entry:
    known = {**around, **row}
    link = words(listing.link, known)
    return Entry(
        id=listing.entry_id(known),
        title=words(listing.entry_title, known),
        updated=first_of(listing.updated, known) or _NEVER,
        published=first_of(listing.published, known),
        link=f"{settings.SITE_URL}{link}" if link else "",
        author=words(listing.author, known) or settings.SITE_NAME,
        cells=[make_cell(name, value) for name, value in listing.members(row).items()],
    )


def _address(request: Request, **changes: str) -> str:
    """Return the request's own address with other parameters; an empty one is left out."""
    query = request.query_params.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    question = f"?{query.urlencode()}" if query else ""
    return f"{settings.SITE_URL}{quote(request.path)}{question}"


def _feed_id(request: Request) -> str:
    query = request.query_params.copy()
    for name in _OF_A_PAGE:
        query.pop(name, None)
    return tag(f"{request.path}?{query.urlencode()}" if query else request.path)
