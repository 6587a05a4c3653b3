"""`Authorization: Token <key>`: who a program is, and whether its key may do what it asks.

Scopes are checked here, before any view runs, so no endpoint can forget to. A view may say which
scopes a method takes, as `key_scopes = {"DELETE": ("cancel", "trade")}`; else reading takes read
and everything that changes something takes trade.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.keys.models import ApiKey, Scope
from accounts.keys.services import find_key
from accounts.models import User
from core.api.addresses import client_address
from core.errors import Code, Problem

SCHEME: Final = "Token"
_MESSAGE: Final = "This key is not valid: it may be revoked, expired, or mistyped."


class KeyAuthentication(BaseAuthentication):
    """A key in the Authorization header, instead of a session and without CSRF."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return user and key; None without a key. Raises AuthenticationFailed, Problem."""
        key = key_of_header(get_authorization_header(request))
        if key is None:
            return None
        check_address(key, _address_of(request))
        check_scopes(key, _scopes_of(request))
        user = key.user
        assert isinstance(user, User), "the site's own model"
        return user, key

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that DRF answers 401."""
        return SCHEME


def key_of_header(header: bytes) -> ApiKey | None:
    """Return the key of an Authorization header; None for another scheme or none.

    Raises AuthenticationFailed for a key that opens nothing. Without a word of the key itself.
    """
    scheme, _, secret = header.partition(b" ")
    if scheme.lower() != SCHEME.lower().encode():
        return None
    key = find_key(secret.strip().decode("ascii", "replace"))
    if key is None:
        raise exceptions.AuthenticationFailed(_MESSAGE)
    return key


def check_address(key: ApiKey, address: str) -> None:
    """Raise Problem KEY_ADDRESS_NOT_ALLOWED for a key that opens nothing from this address."""
    if not key.allows_address(address):
        raise Problem(
            Code.KEY_ADDRESS_NOT_ALLOWED, f"You call from {address or 'nowhere'}.", have=address
        )


def _address_of(request: Request) -> str:
    meta = request.META
    return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""))


def check_scopes(key: ApiKey, wanted: Iterable[str]) -> None:
    """Raise Problem KEY_SCOPE_MISSING unless the key has one of the scopes."""
    scopes = [Scope(scope) for scope in wanted]
    if not key.allows(scopes):
        needed = " or ".join(scope.value for scope in scopes)
        raise Problem(
            Code.KEY_SCOPE_MISSING,
            f"This takes a key with the scope {needed}.",
            need=[scope.value for scope in scopes],
            have=[scope.value for scope in key.scopes],
        )


def _scopes_of(request: Request) -> Iterable[str]:
    method = str(request.method)
    view: Any = request.parser_context.get("view")
    if not hasattr(view, method.lower()):
        return tuple(Scope)  # it is answered by 405, whatever the key may do
    named: Mapping[str, Iterable[str]] = getattr(view, "key_scopes", {})
    return named.get(method, (Scope.READ if method in SAFE_METHODS else Scope.TRADE,))
