"""manage.py demo: people, markets and orders to look at, and bots that keep the books moving."""

import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.progress import progress_bar
from exchange.trading.bulk import count_waiting
from exchange.trading.openings import count_drafts
from exchange.web.demo.bots import BotsFailedError, run_bots
from exchange.web.demo.crowd import follow_in_crowd, make_crowd, trade_in_crowd
from exchange.web.demo.markets import make_markets
from exchange.web.demo.orders import submit_first_orders
from exchange.web.demo.past import make_past
from exchange.web.demo.people import PASSWORD, People, make_people
from exchange.web.demo.permitted import refuse_where_public
from exchange.web.demo.social import make_social

MEMBERS_MAX: Final = 99_999
_PATIENCE_S: Final = 5.0


class Command(BaseCommand):
    """Make demo data; running it again changes nothing."""

    help = "Make demo members, markets and orders; --bots lets demo bots trade until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bots", action="store_true", help="Let demo bots trade.")
        parser.add_argument("--rate", type=int, default=2, help="The bots' turns a second.")
        parser.add_argument("--force", action="store_true", help="Also where SITE_URL is public.")

        parser.add_argument(
            "--members", type=int, default=0, help="So many more members, who have traded."
        )

    def handle(
        self, *args: Any, bots: bool, rate: int, force: bool, members: int, **options: Any
    ) -> None:
        refuse_where_public(force=force)
        if rate < 1:
            raise CommandError("--rate must be 1 or more.")
        if not 0 <= members <= MEMBERS_MAX:
            raise CommandError(f"--members must be 0 to {MEMBERS_MAX}.")
        people = make_people()
        if self._make_books(people):
            self._make_crowd(members)
            make_past(people)
            make_social(people)
        self._print_logins(people)
        if bots:
            self._run_bots(people, rate)

    def _make_books(self, people: People) -> bool:
        market_ids = make_markets()
        opened = _until_none_is_left(lambda: count_drafts(market_ids))
        placed = submit_first_orders(people) if opened else []
        if opened and _until_none_is_left(lambda: count_waiting(placed)):
            self.stdout.write(f"{len(market_ids)} demo markets, {len(placed)} new orders.")
            return True
        self.stdout.write(
            "No book worker answers: the markets open when one runs (manage.py serve, or "
            "manage.py runbooks). Run this again then for the first orders."
        )
        return False

    def _make_crowd(self, count: int) -> None:
        if not count:
            return
        with progress_bar(count, "members", "member") as bar:
            accounts = make_crowd(count, bar.update)
        follow_in_crowd(accounts)
        placed = 0
        with progress_bar(count, "orders", "order") as bar:
            for ids in trade_in_crowd(accounts):
                _until_none_is_left(partial(count_waiting, ids))
                placed += len(ids)
                bar.update(len(ids))
        self.stdout.write(f"{count} members, {placed} orders of theirs new.")

    def _print_logins(self, people: People) -> None:
        # Only who started the site knows its port: without SITE_URL the path alone is true.
        site = settings.SITE_URL if "SITE_URL" in os.environ else ""
        self.stdout.write(f"Log in at {site}/accounts/login/ as")
        for trader in (people.alice, people.bob, people.admin):
            self.stdout.write(f"  {trader.user.email:20} password: {PASSWORD}")
        self.stdout.write(f"The admin is at {site}/admin/.")

    def _run_bots(self, people: People, rate: int) -> None:
        stop = threading.Event()
        before = {
            number: signal.signal(number, lambda *_: stop.set())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        self.stdout.write(f"The bots trade at {settings.SITE_URL}. Press Ctrl-C to stop.")
        self.stdout.flush()
        try:
            turns = run_bots(people, site=settings.SITE_URL, rate=rate, stop=stop)
        except BotsFailedError as error:
            raise CommandError(
                f"The bots ended. Does a site run at {settings.SITE_URL} (make run)? "
                "SITE_URL says where it is."
            ) from error
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self.stdout.write(f"The bots stopped after {turns} turns; their orders stay.")


def _until_none_is_left(count: Callable[[], int]) -> bool:
    """Wait until a book worker has judged everything; False when nothing moves for 5 s."""
    left, moved_at = count(), time.monotonic()
    while left:
        if time.monotonic() - moved_at > _PATIENCE_S:
            return False
        time.sleep(0.05)
        now_left = count()
        if now_left < left:
            left, moved_at = now_left, time.monotonic()
    return True
