"""The cursors of the journal's subscribers, whose table notifications had before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("trading", "0010_book_snapshots"),
        ("notifications", "0002_journal_cursor_moves_to_trading"),
    )

    operations = (
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="JournalCursor",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("subscriber", models.CharField(max_length=40)),
                        ("shard", models.PositiveSmallIntegerField()),
                        ("number", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": (
                            models.UniqueConstraint(
                                fields=("subscriber", "shard"), name="journal_cursor_once"
                            ),
                        )
                    },
                )
            ]
        ),
    )
