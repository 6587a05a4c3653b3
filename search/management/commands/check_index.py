"""manage.py check_index: compare the search index with what is there."""

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand

from core.db import one_snapshot
from search.checks import search_index_says_what_is_there, words_are_known


class Command(BaseCommand):
    """Say each difference; exit 1 when there is one."""

    help = "Compare the search index with what is there; exit 1 and say what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        with one_snapshot():
            for line in chain(search_index_says_what_is_there(), words_are_known()):
                self.stdout.write(line)
                count += 1
        if count:
            self.stdout.write(f"{count:,} differences. `manage.py rebuild_index` mends them.")
            raise SystemExit(1)
        self.stdout.write("The index says what is there.")
