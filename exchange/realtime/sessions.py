"""Who is at the other end of a socket: the site's session cookie, checked as Django does."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member by session, or somebody unknown (user_id None)."""

    user_id: int | None = None
    session_key: str = ""


ANONYMOUS = Visitor()


def session_key_of(headers: Headers) -> str:
    """Return the session cookie of a handshake, "" where there is none."""
    for name, value in headers:
        if name == b"cookie":
            key = parse_cookie(value.decode("latin1")).get(settings.SESSION_COOKIE_NAME)
            if key:
                return key
    return ""


def read_visitor(session_key: str) -> Visitor:
    """Return who a session belongs to, by the database; blocking.

    A session that ended, a password that was changed and a deactivated user give ANONYMOUS.
    """
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    return Visitor(user_id=user.pk, session_key=session_key)
