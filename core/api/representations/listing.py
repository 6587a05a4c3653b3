"""What a list's rows are called where people and feed readers see them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.conf import settings

Row = Mapping[str, Any]
Words = str | Callable[[Row], str]

# The year in which the site's ids begin (RFC 4151); it may never change.
_TAG_YEAR: Final = "2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How a list and its rows are named; the rows are those of the JSON.

    `kind` and the row's member `key` make the id that an entry keeps for ever; a key of several
    members has slashes between their names. Words are a function of the row, or a text with its
    members in braces: "{side} {quantity}". `title` and `page`, the path of the site's page that
    shows the same, name what stands around the rows: parts of the address ("Trades in {slug}") and
    what the JSON says beside its results. A row's words, key and times may name these too, where
    the row has no such member itself. `updated` and `published` name members: the first that is
    not null. `columns` are the members shown, all when empty.
    """

    title: str
    kind: str
    entry_title: Words
    key: str = "id"
    updated: Sequence[str] = ("created_at",)
    published: Sequence[str] = ()
    link: Words = ""
    author: Words = ""
    page: str = ""
    columns: Sequence[str] = ()

    def members(self, row: Row) -> dict[str, Any]:
        """Return the members of a row that people are shown."""
        return {name: row[name] for name in self.columns or row if name in row}

    def entry_id(self, row: Row) -> str:
        """Return the id of a row: the same on every page, for ever."""
        return tag("/".join((self.kind, *(str(row[name]) for name in self.key.split("/")))))


def words(what: Words, row: Row) -> str:
    """Return a row's words."""
    return what.format_map(row) if isinstance(what, str) else what(row)


def first_of(names: Sequence[str], row: Row) -> str:
    """Return the first of these members that is not null; "" when all are."""
    return next((str(row[name]) for name in names if row.get(name) is not None), "")


def tag(specific: str) -> str:
    """Return a tag URI of this site (RFC 4151)."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"tag:{host},{_TAG_YEAR}:{quote(specific, safe='/?=&:@-._~')}"
