"""PostgreSQL leaves room for what every batch changes in place (docs/operations.md)."""

from django.db import migrations

from core.sql import set_storage

TABLES = ('markets_market', 'markets_contract')


def tune(apps, editor):
    for table in TABLES:
        set_storage(editor, table, {"fillfactor": 70, "autovacuum_vacuum_scale_factor": "0.02"})


class Migration(migrations.Migration):
    dependencies = [("markets", "0004_metadata_object")]
    operations = [migrations.RunPython(tune, migrations.RunPython.noop)]
