"""PostgreSQL cleans the busy tables early and leaves their pages room (docs/operations.md)."""

from django.db import migrations

from core.sql import compress_quickly, set_storage

# A row that is changed in place needs room on its page, and then no new entry in any index.
CHANGED_IN_PLACE = {"fillfactor": 70, "autovacuum_vacuum_scale_factor": "0.02"}
TABLES = {
    # A queue: every row is deleted soon, and whoever takes the first steps over those not cleaned.
    "trading_inboxcommand": {
        "autovacuum_vacuum_scale_factor": 0,
        "autovacuum_vacuum_threshold": 2000,
        "autovacuum_vacuum_cost_delay": 0,
        "autovacuum_analyze_scale_factor": 0,
        "autovacuum_analyze_threshold": 20000,
    },
    "trading_shard": {
        "fillfactor": 20,
        "autovacuum_vacuum_scale_factor": 0,
        "autovacuum_vacuum_threshold": 500,
        "autovacuum_vacuum_cost_delay": 0,
    },
    "trading_order": {
        "autovacuum_vacuum_scale_factor": "0.02",
        "autovacuum_analyze_scale_factor": "0.02",
    },
    "trading_position": CHANGED_IN_PLACE,
    "trading_marketexposure": CHANGED_IN_PLACE,
}


def tune(apps, editor):
    for table, parameters in TABLES.items():
        set_storage(editor, table, parameters)
    for column in ("entries", "facts"):
        compress_quickly(editor, "trading_journalbatch", column)


class Migration(migrations.Migration):
    dependencies = [("trading", "0006_rows_of_the_writer_without_foreign_keys")]
    operations = [migrations.RunPython(tune, migrations.RunPython.noop)]
