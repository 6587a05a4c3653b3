"""Telling every hub whose session may be over, so that no open socket goes on telling them.

The group and its messages:

SESSIONS_GROUP  {"type": "session.ended", "session": digest}    logged out: close its sockets
                {"type": "user.changed", "user": id}            look at the sockets of this user

Hints, sent after the commit: where one is lost, or sent by a process without a loop (a command),
the hub's own look at all sessions (limits.SESSION_CHECK_S) finds the same. A session goes by its
digest: the key itself opens the site and has no business in Redis.
"""

from collections.abc import Mapping
from typing import Any, Final

from channels.layers import get_channel_layer
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from accounts.keys.models import ApiKey
from accounts.models import User
from core import loop
from core.db import run_after_commit
from exchange.realtime.sessions import digest

SESSIONS_GROUP: Final = "sessions"


def connect_signals() -> None:
    """Have it told when users or keys are no longer what they were. Call when apps are ready."""
    user_logged_out.connect(_tell_logged_out, dispatch_uid="realtime.logged_out")
    post_save.connect(_tell_saved, sender=User, dispatch_uid="realtime.user_saved")
    post_save.connect(_tell_key, sender=ApiKey, dispatch_uid="realtime.key_saved")
    post_delete.connect(_tell_user, sender=User, dispatch_uid="realtime.user_deleted")


def _tell_logged_out(request: HttpRequest | None = None, **_: object) -> None:
    # Sent just before the session is deleted, so the hubs take its word and do not look.
    session_key = None if request is None else request.session.session_key
    if session_key:
        _send_after_commit({"type": "session.ended", "session": digest(session_key)})


def _tell_saved(
    instance: User, *, created: bool, update_fields: frozenset[str] | None = None, **_: object
) -> None:
    is_login = update_fields is not None and set(update_fields) <= {"last_login"}
    if not created and not is_login:
        _tell_user(instance)


def _tell_user(instance: User, **_: object) -> None:
    _send_after_commit({"type": "user.changed", "user": instance.pk})


def _tell_key(instance: ApiKey, *, created: bool, **_: object) -> None:
    if not created:
        _send_after_commit({"type": "user.changed", "user": instance.user_id})


def _send_after_commit(message: Mapping[str, Any]) -> None:
    run_after_commit(_send, message)


def _send(message: Mapping[str, Any]) -> None:
    loop.post(lambda: get_channel_layer().group_send(SESSIONS_GROUP, message))
