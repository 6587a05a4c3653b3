from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    """The index, and the search in it."""

    name = "search"

    def ready(self) -> None:
        from search import signals  # noqa: F401, PLC0415 -- connects them, once the apps are there

        post_migrate.connect(_fill_empty_index, sender=self)


def _fill_empty_index(**_: Any) -> None:
    """Index what a site has that was there before its index."""
    from search.services import fill_empty_index  # noqa: PLC0415 -- needs the apps to be there

    fill_empty_index()
