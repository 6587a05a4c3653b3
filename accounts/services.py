"""What members change about themselves."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO, Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.avatars import delete_avatar, encode_avatar, store_avatar
from accounts.models import FormerHandle, User
from core.db import run_after_commit

HANDLE_KEPT: Final = timedelta(days=30)
_PROFILE: Final = ("handle", "name", "bio")
_DISPLAY: Final = ("odds_format", "theme", "time_zone")
_PRIVACY: Final = ("trades_audience", "positions_audience", "profit_audience", "follows_audience")


class HandleTakenError(Exception):
    """Somebody has the handle, or had it."""


def is_handle_free(handle: str, *, user: User | None = None) -> bool:
    """Whether nobody else has a handle or had it, in any case. Two queries."""
    key, others = handle.lower(), User.objects.alias(key=Lower("handle"))
    former = FormerHandle.objects.alias(key=Lower("handle")).filter(key=key)
    if user is not None:
        others, former = others.exclude(pk=user.pk), former.exclude(user=user)
    return not others.filter(key=key).exists() and not former.exists()


def next_handle_change(user: User) -> datetime | None:
    """Return from when on a member may change the handle again; None: at once."""
    last = user.former_handles.order_by("-left_at").first()
    free_at = None if last is None else last.left_at + HANDLE_KEPT
    return free_at if free_at is not None and free_at > timezone.now() else None


def update_profile(*, user: User, handle: str, name: str, bio: str) -> None:
    """Change what others read of a member. One transaction of its own.

    A handle that is left stays the member's: links to it lead on. Raises HandleTakenError, with
    nothing changed.
    """
    try:
        with transaction.atomic():
            left = User.objects.select_for_update().get(pk=user.pk).handle
            if left.lower() != handle.lower():
                _leave_handle(user, left=left, taken=handle)
            _save(user, _PROFILE, {"handle": handle, "name": name, "bio": bio})
    except IntegrityError as error:
        user.refresh_from_db()
        raise HandleTakenError from error


def update_display(*, user: User, odds_format: str, theme: str, time_zone: str) -> None:
    """Change how pages look to a member."""
    _save(user, _DISPLAY, {"odds_format": odds_format, "theme": theme, "time_zone": time_zone})


def update_theme(*, user: User, theme: str) -> None:
    """Change the colours alone."""
    _save(user, _DISPLAY, {"theme": theme})


def update_privacy(*, user: User, audiences: Mapping[str, str]) -> None:
    """Change who sees what of a member; holds from the next read on."""
    _save(user, _PRIVACY, audiences)


def set_avatar(*, user: User, upload: IO[bytes]) -> None:
    """Give a member a picture. Raises avatars.BadPictureError, with nothing changed."""
    _replace_avatar(user, store_avatar(encode_avatar(upload)))


def remove_avatar(*, user: User) -> None:
    """Take a member's picture away."""
    _replace_avatar(user, "")


def _replace_avatar(user: User, name: str) -> None:
    with transaction.atomic():
        old = User.objects.select_for_update().get(pk=user.pk).avatar
        _save(user, ("avatar",), {"avatar": name})
        if old:
            run_after_commit(delete_avatar, old)


def _leave_handle(user: User, *, left: str, taken: str) -> None:
    """Keep the old handle for the member, and take the new one out of what was kept."""
    kept = FormerHandle.objects.alias(key=Lower("handle")).filter(user=user)
    kept.filter(key=taken.lower()).delete()
    FormerHandle.objects.create(user=user, handle=left)


def _save(user: User, allowed: tuple[str, ...], values: Mapping[str, str]) -> None:
    assert set(values) <= set(allowed), "nothing else is changed here"
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))
