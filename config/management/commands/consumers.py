"""manage.py consumers: every reader of the journal, its checkpoint, and its lag."""

from typing import Any

from django.core.management.base import BaseCommand

from config.consumers import list_consumers

_LINE = "{:<12}{:<24}{:>6}{:>12}{:>12}"


class Command(BaseCommand):
    """Print one line for each reader of each shard's journal."""

    help = "List every durable checkpoint on the journals, with how many batches it is behind."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_LINE.format("kind", "name", "shard", "at batch", "behind by"))
        for consumer in list_consumers():
            self.stdout.write(_LINE.format(*consumer))
