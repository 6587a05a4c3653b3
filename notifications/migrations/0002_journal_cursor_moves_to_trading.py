"""The cursors of the journal's subscribers move to exchange.trading: every app has some."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("notifications", "0001_initial"),)

    operations = (
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterModelTable("JournalCursor", "trading_journalcursor")
            ],
            state_operations=[migrations.DeleteModel("JournalCursor")],
        ),
    )
