"""Letting a program in by a code that a member types, after RFC 8628."""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.devices.models import DeviceGrant
from accounts.keys.models import Scope
from accounts.keys.services import NewKey, create_key
from accounts.models import User
from core.errors import Code, Problem

log = structlog.get_logger(__name__)
LIFETIME_S: Final = 600
INTERVAL_S: Final = 5
_SLOWER_S: Final = 5
_INTERVAL_S_MAX: Final = 60
# Without vowels there are no words, and nothing that looks like a digit (RFC 8628, 6.1).
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
_CODE_LENGTH: Final = 8
_KEY_LIVES: Final = timedelta(days=90)
_SWEPT_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """A wait that has just begun; `device_code` is the only copy there is."""

    grant: DeviceGrant
    device_code: str = field(repr=False)


def begin_grant(*, client_name: str, scopes: Collection[str]) -> NewGrant:
    """Begin to wait for a member. One transaction of its own; sweeps what has expired."""
    device_code = secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        stale = DeviceGrant.objects.filter(expires_at__lt=now).values_list("pk", flat=True)
        DeviceGrant.objects.filter(pk__in=list(stale[:_SWEPT_AT_ONCE])).delete()
        grant = DeviceGrant.objects.create(
            digest=_digest(device_code),
            user_code="".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH)),
            client_name=client_name,
            scopes=" ".join(scope.value for scope in Scope if scope in scopes),
            interval_s=INTERVAL_S,
            expires_at=now + timedelta(seconds=LIFETIME_S),
        )
    return NewGrant(grant=grant, device_code=device_code)


def find_waiting(user_code: str) -> DeviceGrant | None:
    """Return the program that waits under a code, however it is typed; None: there is none."""
    plain = re.sub(r"[\s-]", "", user_code).upper()
    waiting = DeviceGrant.objects.filter(user=None, is_denied=False, expires_at__gt=timezone.now())
    return waiting.filter(user_code=plain).first()


def decide(*, grant_id: int, user: User, is_allowed: bool) -> bool:
    """Let a waiting program in, in a member's name, or not; False where it waits no more."""
    waiting = DeviceGrant.objects.filter(
        pk=grant_id, user=None, is_denied=False, expires_at__gt=timezone.now()
    )
    # Guarded: somebody else may have decided meanwhile.
    decided = waiting.update(user=user) if is_allowed else waiting.update(is_denied=True)
    if decided:
        log.info("device_decided", user=user.pk, is_allowed=is_allowed)
    return decided == 1


def take_key(*, device_code: str) -> NewKey:
    """Return the key that a member has let a program have, once. One transaction of its own.

    Raises Problem: EXPIRED_TOKEN (also for a code that nobody gave out, or that was used),
    ACCESS_DENIED, SLOW_DOWN (asked again before the interval is over, which grows),
    AUTHORIZATION_PENDING, and TOO_MANY_KEYS.
    """
    with transaction.atomic():
        grant = (
            DeviceGrant.objects.select_for_update()
            .filter(digest=_digest(device_code), expires_at__gt=timezone.now())
            .first()
        )
        refusal = Problem(Code.EXPIRED_TOKEN) if grant is None else _refusal(grant)
        if grant is None or refusal is None:
            made = None if grant is None else _make_key(grant)
    # Raised here, so that what was noted of the poll stays.
    if refusal is not None:
        raise refusal
    assert made is not None, "a member has said yes"
    return made


def _refusal(grant: DeviceGrant) -> Problem | None:
    """Return why there is no key yet; notes the poll. Requires the transaction."""
    if grant.is_denied:
        return Problem(Code.ACCESS_DENIED)
    if grant.user_id is not None:
        return None
    now, last = timezone.now(), grant.polled_at
    grant.polled_at = now
    is_hasty = last is not None and now < last + timedelta(seconds=grant.interval_s)
    if is_hasty:
        grant.interval_s = min(_INTERVAL_S_MAX, grant.interval_s + _SLOWER_S)
    grant.save(update_fields=["polled_at", "interval_s"])
    code = Code.SLOW_DOWN if is_hasty else Code.AUTHORIZATION_PENDING
    return Problem(code, interval=grant.interval_s)


def _make_key(grant: DeviceGrant) -> NewKey:
    assert grant.user is not None, "a member has said yes"
    made = create_key(
        user=grant.user,
        name=grant.client_name,
        scopes=grant.scopes.split(),
        expires_at=timezone.now() + _KEY_LIVES,
    )
    grant.delete()
    return made


def _digest(device_code: str) -> str:
    return hashlib.sha256(device_code.encode()).hexdigest()
