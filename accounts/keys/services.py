"""Making, finding and revoking keys."""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.keys.models import ApiKey, Scope
from accounts.models import User
from core.db import DATABASE_AWAY
from core.errors import Code, Problem

log = structlog.get_logger(__name__)
LIVE_KEYS_MAX: Final = 20
NETWORKS_MAX: Final = 20
_KEY: Final = re.compile(r"lk_[A-Za-z0-9_-]{43}", re.ASCII)
_PREFIX_LENGTH: Final = 9
_SECRET_BYTES: Final = 32
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made; `secret` is the only copy there is."""

    key: ApiKey
    secret: str = field(repr=False)


def live_keys() -> QuerySet[ApiKey]:
    """Return the keys that open something: not revoked, not expired, of an open account."""
    is_current = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return ApiKey.objects.filter(is_current, revoked_at=None, user__is_active=True)


def list_keys(user: User) -> QuerySet[ApiKey]:
    """Return a member's keys that are not revoked, newest first; expired ones too."""
    return ApiKey.objects.filter(user=user, revoked_at=None).order_by("-id")


def create_key(
    *,
    user: User,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    addresses: Collection[str] = (),
) -> NewKey:
    """Make a key and return it with its secret, this once. One transaction of its own.

    `addresses` are networks as `read_network` returns them; none: it opens from anywhere.
    Raises Problem TOO_MANY_KEYS beyond LIVE_KEYS_MAX, also when two are made at once.
    """
    assert scopes, "a key that may do nothing is refused by the form"
    secret = f"lk_{secrets.token_urlsafe(_SECRET_BYTES)}"
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if live_keys().filter(user=user).count() >= LIVE_KEYS_MAX:
            raise Problem(
                Code.TOO_MANY_KEYS, f"You have {LIVE_KEYS_MAX} keys.", limit=LIVE_KEYS_MAX
            )
        key = ApiKey.objects.create(
            user=user,
            name=name,
            prefix=secret[:_PREFIX_LENGTH],
            digest=_digest(secret),
            expires_at=expires_at,
            addresses=" ".join(addresses),
            **{f"may_{scope.value}": scope in scopes for scope in Scope},
        )
    log.info("api_key_created", user=user.pk, key=key.pk)
    return NewKey(key=key, secret=secret)


def read_network(text: str) -> str:
    """Return an address or a network (CIDR) in its usual form. Raises ValueError for neither."""
    return str(ip_network(text.strip(), strict=False))


def revoke_key(*, user: User, key_id: int) -> bool:
    """Have a member's key open nothing any more; False where there is no such key."""
    return _revoke(ApiKey.objects.filter(pk=key_id, user=user)) == 1


def revoke_all(*, user: User) -> int:
    """Revoke every key of a member's; return how many there were."""
    return _revoke(ApiKey.objects.filter(user=user))


def _revoke(keys: QuerySet[ApiKey]) -> int:
    with transaction.atomic():
        found = list(keys.filter(revoked_at=None).select_for_update())
        for key in found:
            key.revoked_at = timezone.now()
            key.save(update_fields=["revoked_at"])  # one by one: open sockets are told
            log.info("api_key_revoked", user=key.user_id, key=key.pk)
    return len(found)


def find_key(secret: str) -> ApiKey | None:
    """Return the live key of a secret, with its user; None for anything else. One query.

    What cannot be a key asks the database nothing. The time of its use is noted.
    """
    if not _KEY.fullmatch(secret):
        return None
    key = live_keys().select_related("user").filter(digest=_digest(secret)).first()
    if key is not None:
        _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    """Write down that a key is used, once a minute at most; whoever waits for it does not fail."""
    now = timezone.now()
    if key.last_used_at is not None and key.last_used_at > now - _USE_NOTED_EVERY:
        return
    try:
        with transaction.atomic():
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    except DATABASE_AWAY:
        log.warning("api_key_use_not_noted", key=key.pk)


def _digest(secret: str) -> str:
    """Return what is kept of a key: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
