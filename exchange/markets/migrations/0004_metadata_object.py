"""The database refuses metadata that is no object; PostgreSQL finds events by what it contains."""

from django.db import migrations, models
from django.db.models.lookups import Exact

from core.sql import JsonType, drop_json_index, index_json_content


def index_metadata(apps, editor):
    index_json_content(editor, "markets_event", "metadata")


def forget_index(apps, editor):
    drop_json_index(editor, "markets_event", "metadata")


class Migration(migrations.Migration):
    dependencies = [("markets", "0003_own_metadata_keys")]
    operations = [
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=Exact(JsonType("metadata"), "object"), name="event_metadata_is_object"
            ),
        ),
        migrations.RunPython(index_metadata, forget_index),
    ]
