"""Who is at the other end of a socket: by the site's session cookie, or by an API key."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.keys.authentication import check_address, check_scopes, key_of_header
from accounts.keys.models import ApiKey
from accounts.keys.services import live_keys
from accounts.models import User
from core.api.addresses import client_address
from core.errors import Code, Problem

Headers = Iterable[tuple[bytes, bytes]]
_ROWS_AT_ONCE = 500  # databases limit the parameters of a query


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member by session or by key, or somebody unknown (user_id None)."""

    user_id: int | None = None
    session_key: str = field(default="", repr=False)
    auth_hash: str = field(default="", repr=False)  # changes with the password
    key: ApiKey | None = field(default=None, repr=False)

    def require_scope(self, *scopes: str) -> None:
        """Raise Problem for somebody unknown, and for a key with none of the scopes."""
        if self.user_id is None:
            raise Problem(Code.NOT_AUTHENTICATED)
        if self.key is not None:
            check_scopes(self.key, scopes)


ANONYMOUS = Visitor()


def header_of(headers: Headers, name: bytes) -> bytes:
    """Return the value of a handshake's header; empty where there is none.

    Several lines of it are one, as HTTP has it: our own proxy's may be another than the client's.
    """
    return b", ".join(value for key, value in headers if key == name)


def read_key_visitor(header: bytes, address: str) -> Visitor | None:
    """Return who an Authorization header's key belongs to, by the database; blocking.

    None where it holds no key at all. Raises AuthenticationFailed for one that opens nothing, and
    Problem KEY_ADDRESS_NOT_ALLOWED for one that is bound to other addresses.
    """
    key = key_of_header(header)
    if key is None:
        return None
    check_address(key, address)
    return Visitor(user_id=key.user_id, key=key)


def address_of(scope: Mapping[str, Any]) -> str:
    """Return where a handshake comes from."""
    peer = (scope.get("client") or ("",))[0]
    return client_address(
        peer, header_of(scope.get("headers", ()), b"x-forwarded-for").decode("latin1")
    )


def session_key_of(headers: Headers) -> str:
    """Return the session cookie of a handshake, "" where there is none that could be ours."""
    for name, value in headers:
        if name == b"cookie":
            key = parse_cookie(value.decode("latin1")).get(settings.SESSION_COOKIE_NAME)
            if key and key.isascii() and key.isalnum():
                return key
    return ""


def digest(session_key: str) -> str:
    """Return what stands for a session where its key must not be told."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def read_visitor(session_key: str) -> Visitor:
    """Return who a session belongs to, by the database; blocking.

    A session that ended, a password that was changed and a deactivated user give ANONYMOUS.
    """
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    return Visitor(user_id=user.pk, session_key=session_key, auth_hash=user.get_session_auth_hash())


def find_ended(visitors: Iterable[Visitor]) -> set[Visitor]:
    """Return the members whose session is over, by the database; blocking, few queries for all.

    Over is: logged out or expired, a changed password, a deactivated or deleted user.
    """
    ended = set()
    members = [visitor for visitor in visitors if visitor.user_id is not None]
    for start in range(0, len(members), _ROWS_AT_ONCE):
        ended |= _find_ended(members[start : start + _ROWS_AT_ONCE])
    return ended


def _find_ended(members: Sequence[Visitor]) -> set[Visitor]:
    return _find_logged_out([one for one in members if one.key is None]) | _find_revoked(
        {one.key.pk: one for one in members if one.key is not None}
    )


def _find_revoked(by_key: Mapping[int, Visitor]) -> set[Visitor]:
    if not by_key:
        return set()
    live = set(live_keys().filter(pk__in=by_key).values_list("pk", flat=True))
    return {visitor for key, visitor in by_key.items() if key not in live}


def _find_logged_out(members: Sequence[Visitor]) -> set[Visitor]:
    if not members:
        return set()
    sessions = Session.objects.filter(
        session_key__in={visitor.session_key for visitor in members}, expire_date__gt=timezone.now()
    )
    keys = set(sessions.values_list("session_key", flat=True))
    users = User.objects.filter(pk__in={visitor.user_id for visitor in members}, is_active=True)
    hashes: dict[int | None, str] = {
        user.pk: user.get_session_auth_hash() for user in users.only("password")
    }
    return {
        visitor
        for visitor in members
        if visitor.session_key not in keys
        or not constant_time_compare(hashes.get(visitor.user_id, ""), visitor.auth_hash)
    }
