"""What members are told gets a table of its own; mails get threads, nullable until they are filled."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

USER = settings.AUTH_USER_MODEL
CASCADE = django.db.models.deletion.CASCADE
CONCERNS = [
    ("accepted", "Your order is in the book"),
    ("fills", "Your order trades"),
    ("ended", "Your order is cancelled, expires or changes"),
    ("rejected", "Your order is refused"),
    ("results", "A market you hold is settled or voided"),
    ("markets", "A market you follow opens, halts or ends"),
    ("challenges", "Challenges to you, and what becomes of yours"),
    ("mentions", "Somebody mentions or answers you"),
    ("follows", "Somebody follows you"),
    ("badges", "You earn a badge"),
    ("other", "Everything else"),
]
CHOICES = [("now", "at once"), ("digest", "once a day"), ("off", "never")]


class Migration(migrations.Migration):
    dependencies = (
        ("notifications", "0002_journal_cursor_moves_to_trading"),
        migrations.swappable_dependency(USER),
    )

    operations = (
        # First, so that they come back last: when every mail has its key again.
        migrations.RemoveConstraint("mail", "mail_once"),
        migrations.RemoveIndex("mail", "mail_user_pending"),
        migrations.AddField("mail", "thread", models.CharField(max_length=40, null=True)),
        migrations.AddField("mail", "planned_at", models.DateTimeField(null=True)),
        # Every mail there is has its one change: it gathers no more.
        migrations.AddField("mail", "is_open", models.BooleanField(default=False)),
        migrations.AddField("mail", "claim", models.CharField(blank=True, max_length=16)),
        migrations.CreateModel(
            name="MailSwitch",
            fields=[
                ("user", models.OneToOneField(on_delete=CASCADE, primary_key=True, related_name="mail_switch", serialize=False, to=USER)),
                ("is_off", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("concern", models.CharField(choices=CONCERNS, max_length=20)),
                ("bell", models.BooleanField()),
                ("mail", models.CharField(choices=CHOICES, max_length=6)),
                ("user", models.ForeignKey(db_index=False, on_delete=CASCADE, related_name="notification_preferences", to=USER)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "concern"), name="preference_once")],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=160)),
                ("kind", models.CharField(max_length=40)),
                ("url", models.CharField(max_length=300)),
                ("data", models.JSONField(help_text="What the words are made of; money in ticks.")),
                ("in_bell", models.BooleanField()),
                ("read_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("actor", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=USER)),
                ("mail", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="notifications", to="notifications.mail")),
                ("user", models.ForeignKey(db_index=False, on_delete=CASCADE, related_name="notifications", to=USER)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("in_bell", True)), fields=["user", "-id"], name="notification_bell"),
                    models.Index(condition=models.Q(("in_bell", True), ("read_at__isnull", True)), fields=["user"], name="notification_unread"),
                ],
                "constraints": [models.UniqueConstraint(fields=("key", "user"), name="notification_once")],
            },
        ),
    )
