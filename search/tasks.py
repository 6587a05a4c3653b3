"""Celery tasks: thin, repeatable, and safe to run any number of at once."""

from celery import shared_task

from search import following


@shared_task(name="search.tasks.follow_journal")
def follow_journal() -> None:
    """Index what the journal has grown by."""
    following.follow_journal()
