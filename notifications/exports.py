"""What a member was told and how, in the export of their data."""

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.export import Section, fields_of, rows_of
from accounts.models import User
from notifications.models import Mail, MailSwitch, Notification, Preference
from notifications.selectors import get_words


def sections(user: User) -> Iterator[Section]:
    """Return notifications, the mails that carried them, and how the member wants to be told."""
    told = Notification.objects.filter(user=user).select_related("actor")
    yield Section(name="notifications", rows=rows_of(told, _notification))
    mails = Mail.objects.filter(user=user)
    names = ("recipient", "status", "created_at", "sent_at")
    yield Section(name="mails", rows=rows_of(mails, fields_of(*names)))
    wishes = Preference.objects.filter(user=user)
    yield Section(
        name="notification_preferences",
        rows=rows_of(wishes, fields_of("concern", "bell", "mail")),
    )
    switches = MailSwitch.objects.filter(user=user)
    yield Section(name="mail_switch", rows=rows_of(switches, fields_of("is_off")))


def _notification(row: Notification) -> Mapping[str, Any]:
    words = get_words(row)
    return {
        "kind": row.kind,
        "title": words.title,
        "about": words.about,
        "detail": words.detail,
        "url": row.url,
        "created_at": row.created_at,
        "read_at": row.read_at,
    }
