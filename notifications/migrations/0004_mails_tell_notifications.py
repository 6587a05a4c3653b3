"""Each mail so far told one change: the change becomes a notification of that mail."""

from urllib.parse import quote

from django.db import migrations

_AT_ONCE = 1_000


def fill(apps, _editor):
    mails = apps.get_model("notifications", "Mail")
    notifications = apps.get_model("notifications", "Notification")
    rows = []
    for mail in mails.objects.filter(thread=None).order_by("pk").iterator(_AT_ONCE):
        mail.thread, mail.planned_at = f"market:{mail.data['market_id']}", mail.created_at
        rows.append(mail)
        if len(rows) == _AT_ONCE:
            _write(mails, notifications, rows)
            rows = []
    _write(mails, notifications, rows)


def _write(mails, notifications, rows):
    mails.objects.bulk_update(rows, ["thread", "planned_at"], batch_size=200)
    notifications.objects.bulk_create(
        [
            notifications(
                user_id=mail.user_id,
                key=mail.key,
                kind=mail.kind,
                url=f"/markets/{quote(mail.data['slug'])}/",
                data=mail.data,
                in_bell=False,
                mail=mail,
                created_at=mail.created_at,
            )
            for mail in rows
        ],
        batch_size=200,
    )


def take_back(apps, _editor):
    """Give each mail the first thing that it tells; one that tells nothing is none."""
    mails = apps.get_model("notifications", "Mail")
    notifications = apps.get_model("notifications", "Notification")
    for mail in mails.objects.order_by("pk").iterator(_AT_ONCE):
        first = notifications.objects.filter(mail=mail).order_by("pk").first()
        if first is None or "market_id" not in first.data:
            mail.delete()
            continue
        mail.key, mail.kind, mail.data = first.key[:80], first.kind[:20], first.data
        mail.save(update_fields=["key", "kind", "data"])
    notifications.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = (("notifications", "0003_notifications_and_preferences"),)

    operations = (migrations.RunPython(fill, take_back),)
