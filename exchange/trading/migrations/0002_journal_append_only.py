"""The journal and the trades cannot be changed or deleted."""

from django.db import migrations

from core.sql import make_append_only


def protect(apps, editor):
    for table in ("trading_journalbatch", "trading_trade", "trading_commandkey"):
        make_append_only(editor, table)


class Migration(migrations.Migration):
    dependencies = [("trading", "0001_initial")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
