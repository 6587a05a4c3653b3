"""The rows of the writer are not looked up again by the database (docs/decisions/0011)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.sql import make_append_only


def protect_again(apps, editor):
    """SQLite changes a column by making the table anew, without its triggers."""
    if editor.connection.vendor == "sqlite":
        make_append_only(editor, "trading_trade")


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_transfers_append_only'),
        ('markets', '0004_metadata_object'),
        ('trading', '0005_dead_letters_requeued'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='marketexposure',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='exposures', to='ledger.account'),
        ),
        migrations.AlterField(
            model_name='marketexposure',
            name='market',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='exposures', to='markets.market'),
        ),
        migrations.AlterField(
            model_name='order',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='ledger.account'),
        ),
        migrations.AlterField(
            model_name='order',
            name='contract',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='markets.contract'),
        ),
        migrations.AlterField(
            model_name='order',
            name='market',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='markets.market'),
        ),
        migrations.AlterField(
            model_name='order',
            name='user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='position',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='ledger.account'),
        ),
        migrations.AlterField(
            model_name='position',
            name='contract',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='markets.contract'),
        ),
        migrations.AlterField(
            model_name='position',
            name='market',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='markets.market'),
        ),
        migrations.AlterField(
            model_name='trade',
            name='contract',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='trades', to='markets.contract'),
        ),
        migrations.AlterField(
            model_name='trade',
            name='maker_account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='maker_trades', to='ledger.account'),
        ),
        migrations.AlterField(
            model_name='trade',
            name='maker_order',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='maker_trades', to='trading.order'),
        ),
        migrations.AlterField(
            model_name='trade',
            name='market',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='trades', to='markets.market'),
        ),
        migrations.AlterField(
            model_name='trade',
            name='taker_account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='taker_trades', to='ledger.account'),
        ),
        migrations.AlterField(
            model_name='trade',
            name='taker_order',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taker_trades', to='trading.order'),
        ),
        migrations.RunPython(protect_again, migrations.RunPython.noop),
    ]
