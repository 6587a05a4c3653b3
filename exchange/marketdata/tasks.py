"""Celery tasks: thin, repeatable, and safe to run any number of at once."""

from celery import shared_task

from exchange.marketdata.candles import following
from exchange.marketdata.figures import services


@shared_task(name="exchange.marketdata.tasks.follow_journal")
def follow_journal() -> None:
    """Count what was traded since into candles."""
    following.follow_journal()


@shared_task(name="exchange.marketdata.tasks.move_the_day_on")
def move_the_day_on() -> None:
    """Let go of what was traded more than a day ago."""
    services.move_the_day_on()
