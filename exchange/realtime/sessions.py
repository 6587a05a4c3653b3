"""Who is at the other end of a socket: the site's session cookie, checked as Django does."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User

Headers = Iterable[tuple[bytes, bytes]]
_ROWS_AT_ONCE = 500  # databases limit the parameters of a query


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member by session, or somebody unknown (user_id None)."""

    user_id: int | None = None
    session_key: str = field(default="", repr=False)
    auth_hash: str = field(default="", repr=False)  # changes with the password


ANONYMOUS = Visitor()


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
