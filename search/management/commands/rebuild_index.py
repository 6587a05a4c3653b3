"""manage.py rebuild_index: write the search index anew where it differs."""

from typing import Any

from django.core.management.base import BaseCommand

from core.progress import progress_bar
from search.services import count_things, rebuild_index


class Command(BaseCommand):
    """Bring the index up to date; searches go on meanwhile, and may be of the old or the new."""

    help = "Write the search index anew where it differs, while the site goes on."

    def handle(self, *args: Any, **options: Any) -> None:
        with progress_bar(count_things(), "index", "thing") as bar:
            changed = rebuild_index(done=bar.update)
        self.stdout.write(f"{changed:,} rows of the index changed.")
