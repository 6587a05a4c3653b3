"""Keys of the site's own begin with _, and metadata is an object everywhere."""

from django.db import migrations


def rename_own_keys(apps, editor):
    events = apps.get_model("markets", "Event").objects.using(editor.connection.alias)
    for event in events.exclude(metadata={}).iterator(chunk_size=500):
        old = event.metadata
        if not isinstance(old, dict):
            # Nothing reads it, but it was somebody's.
            event.metadata = {"_before": old}
        elif "demo" in old:
            event.metadata = {("_demo" if key == "demo" else key): old[key] for key in old}
        else:
            continue
        event.save(update_fields=["metadata"])


class Migration(migrations.Migration):
    dependencies = [("markets", "0002_closing_due")]
    operations = [migrations.RunPython(rename_own_keys, migrations.RunPython.noop)]
