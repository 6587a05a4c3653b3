"""Mails lose what their notifications have, and their threads are required."""

from django.db import migrations, models
from django.db.models import Q

PENDING = Q(status__in=("waiting", "sending"))
THREAD_HELP = "market:<id>, notices or digest"


def _with_default(name, field):
    """Give a column a default before it is dropped: taken back, it is added to a filled table."""
    return migrations.AlterField("mail", name, field)


class Migration(migrations.Migration):
    dependencies = (("notifications", "0004_mails_tell_notifications"),)

    operations = (
        _with_default("key", models.CharField(max_length=80, default="")),
        _with_default("kind", models.CharField(max_length=20, default="")),
        _with_default("subject", models.CharField(max_length=250, default="")),
        _with_default("data", models.JSONField(default=dict)),
        migrations.RemoveField("mail", "key"),
        migrations.RemoveField("mail", "kind"),
        migrations.RemoveField("mail", "subject"),
        migrations.RemoveField("mail", "data"),
        migrations.AlterField(
            "mail", "thread", models.CharField(max_length=40, help_text=THREAD_HELP)
        ),
        migrations.AlterField("mail", "planned_at", models.DateTimeField()),
        migrations.AlterField("mail", "is_open", models.BooleanField(default=True)),
        migrations.AddIndex(
            "mail",
            models.Index(
                fields=["user", "thread", "id"], condition=PENDING, name="mail_thread_pending"
            ),
        ),
        migrations.AddIndex(
            "mail", models.Index(fields=["user", "thread", "-planned_at"], name="mail_thread")
        ),
        migrations.AddIndex(
            "mail",
            models.Index(
                fields=["claim"], condition=Q(status="sending"), name="mail_being_sent"
            ),
        ),
        migrations.AddConstraint(
            "mail",
            models.UniqueConstraint(
                fields=["user", "thread"], condition=Q(is_open=True), name="mail_open_once"
            ),
        ),
    )
