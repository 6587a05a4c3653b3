"""'Export my data': all that the site keeps of a member, as one JSON object, made while it is read.

Apps above bring their parts by settings.EXPORT_SECTIONS: dotted paths of functions that take the
user and return sections. Rows are read in slices by id, so an export of any size holds up nobody
and takes little memory.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.keys.models import ApiKey
from accounts.models import Follow, FormerHandle, User

_SLICE: Final = 500
_PROFILE: Final = (
    *("email", "handle", "name", "bio", "is_bot", "date_joined", "last_login"),
    *("odds_format", "theme", "time_zone"),
    *("trades_audience", "positions_audience", "profit_audience", "follows_audience"),
)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A named list of the export; its rows are read when their turn comes."""

    name: str
    rows: Iterable[Row]


def rows_of(queryset: QuerySet[Any], make: Callable[[Any], Row]) -> Iterator[Row]:
    """Return a queryset's rows as JSON has them, by id, one query for each slice of them."""
    last = 0
    while rows := list(queryset.filter(pk__gt=last).order_by("pk")[:_SLICE]):
        yield from map(make, rows)
        last = rows[-1].pk


def fields_of(*names: str) -> Callable[[Any], Row]:
    """Return what makes a row of these attributes."""
    return lambda row: {name: getattr(row, name) for name in names}


def write_export(user: User) -> Iterator[bytes]:
    """Return the export's pieces, JSON when they are put together."""
    profile = {name: getattr(user, name) for name in _PROFILE}
    yield _json({"exported_at": timezone.now(), "profile": profile})[:-1]
    for path in settings.EXPORT_SECTIONS:
        for section in import_string(path)(user):
            yield b",\n" + _json(section.name) + b": ["
            for number, row in enumerate(section.rows):
                yield (b",\n" if number else b"\n") + _json(row)
            yield b"]"
    yield b"}\n"


def export_response(user: User) -> StreamingHttpResponse:
    """Return the export as a file to be kept."""
    headers = {
        "Content-Disposition": f'attachment; filename="likely-{user.handle}.json"',
        "Cache-Control": "no-store",
    }
    pieces = _without_blocking(write_export(user))
    return StreamingHttpResponse(pieces, content_type="application/json", headers=headers)


def own_sections(user: User) -> Iterator[Section]:
    """Return what this app keeps of a member besides the profile."""
    addresses = EmailAddress.objects.filter(user=user)
    yield Section(
        name="email_addresses",
        rows=rows_of(addresses, fields_of("email", "verified", "primary")),
    )
    former = FormerHandle.objects.filter(user=user)
    yield Section(name="former_handles", rows=rows_of(former, fields_of("handle", "left_at")))
    follows = Follow.objects.filter(follower=user).select_related("followed")
    yield Section(name="following", rows=rows_of(follows, _following))
    names = ("name", "prefix", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")
    keys = ApiKey.objects.filter(user=user)
    yield Section(name="api_keys", rows=rows_of(keys, fields_of(*names)))
    sessions = UserSession.objects.filter(user=user)
    yield Section(
        name="sessions", rows=rows_of(sessions, fields_of("ip", "user_agent", "created_at"))
    )


def _following(row: Follow) -> Row:
    return {"handle": row.followed.handle, "since": row.created_at}


async def _without_blocking(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read the database in its thread: the event loop serves others between two slices."""
    while batch := await sync_to_async(_take)(pieces):
        yield batch


def _take(pieces: Iterator[bytes]) -> bytes:
    taken = bytearray()
    for piece in pieces:
        taken += piece
        if len(taken) > 1 << 16:
            break
    return bytes(taken)


def _json(value: object) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
