"""manage.py award_badges: award what has been earned before a badge was thought of."""

from typing import Any

from django.core.management.base import BaseCommand

from social.badges.services import back_fill


class Command(BaseCommand):
    """Award every badge that has been earned; running it again changes nothing."""

    help = "Award every badge that members have earned so far; nobody is told."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in back_fill().items():
            self.stdout.write(f"{name}: {count} new")
