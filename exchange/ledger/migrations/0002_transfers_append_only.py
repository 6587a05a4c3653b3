"""Transfers cannot be changed or deleted; the house's own accounts exist from the start."""

from django.db import migrations

from core.sql import make_append_only


def protect(apps, editor):
    make_append_only(editor, "ledger_transfer")


def open_house_accounts(apps, editor):
    account = apps.get_model("ledger", "Account")
    for kind in ("issuance", "commission", "shortfall"):
        account.objects.get_or_create(code=kind, defaults={"kind": kind})


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(open_house_accounts, migrations.RunPython.noop),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
