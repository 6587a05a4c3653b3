"""Celery tasks: thin, repeatable, and safe to run any number of at once."""

from celery import shared_task

from social.activities import following
from social.badges import following as badges
from social.challenges import following as challenges_following
from social.challenges import services as challenges
from social.leaderboards import services as leaderboards


@shared_task(name="social.tasks.follow_journal")
def follow_journal() -> None:
    """Turn what the journal has grown by into activities."""
    following.follow_journal()


@shared_task(name="social.tasks.follow_journal_for_challenges")
def follow_journal_for_challenges() -> None:
    """Write down what the books said to accepted challenges, and how markets ended."""
    challenges_following.follow_journal()


@shared_task(name="social.tasks.expire_challenges")
def expire_challenges() -> None:
    """Write down which open challenges are past their deadlines."""
    challenges.expire_challenges()


@shared_task(name="social.tasks.build_leaderboards")
def build_leaderboards() -> None:
    """Build the leaderboards of every period anew."""
    leaderboards.build_leaderboards()


@shared_task(name="social.tasks.follow_journal_for_badges")
def follow_journal_for_badges() -> None:
    """Award the badges that trades and results have earned."""
    badges.follow_journal()
