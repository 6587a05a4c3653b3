"""What is there before a run: members with little money, markets that are still drafts.

Made once as a file that every run copies.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, connections

from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market
from exchange.markets.services import create_event, create_market
from exchange.realtime.sessions import Visitor, read_visitor
from tests.factories import make_account, make_user
from tests.simulation.world import START_MS

# Little money: orders are refused for want of it, and exposures matter. Every other account is
# a program's: it gets no mail.
CREDITS: Final = (20, 50, 100, 100, 500, 1_000)
OUTCOMES: Final = (("Yes",), ("Red", "Green", "Blue"), ("Yes",), ("Home", "Draw"))
MARKETS: Final = 16


@dataclass(frozen=True, slots=True)
class Scene:
    """The file, and what is in it."""

    path: Path
    accounts: tuple[Account, ...]
    visitors: tuple[Visitor, ...]
    markets: tuple[Market, ...]
    contracts: dict[int, tuple[Contract, ...]]


@contextmanager
def make_scene() -> Iterator[Scene]:
    """Make the file in a directory of its own, which is gone when all runs are done."""
    with tempfile.TemporaryDirectory(prefix="simulation-", dir=_memory()) as folder:
        yield _make_scene(Path(folder) / "scene.sqlite3")


def _make_scene(path: Path) -> Scene:
    """Make the file and leave no connection to it open."""
    connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = str(path)
    call_command("migrate", verbosity=0)
    accounts, visitors = _make_members()
    markets = _make_markets()
    contracts = {
        market.pk: tuple(market.contracts.select_related("market").order_by("position"))
        for market in markets
    }
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    return Scene(path, accounts, visitors, markets, contracts)


def copy_scene(scene: Scene, name: str) -> Path:
    """Return a copy of the file."""
    return Path(shutil.copyfile(scene.path, scene.path.parent / f"{name}.sqlite3"))


def remove_copy(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _memory() -> str | None:
    """Return a directory that is no disk, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _make_members() -> tuple[tuple[Account, ...], tuple[Visitor, ...]]:
    programs, members = CREDITS[::2], CREDITS[1::2]
    accounts = [make_account(balance_credits=amount) for amount in programs]
    visitors = []
    for amount in members:
        user = make_user()
        accounts.append(make_account(owner=user, balance_credits=amount))
        store = SessionStore()
        store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), _backend()
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.save()
        visitors.append(read_visitor(store.session_key))
    Session.objects.update(expire_date=datetime.now(UTC) + timedelta(days=365))
    return tuple(accounts), tuple(visitors)


def _backend() -> str:
    return settings.AUTHENTICATION_BACKENDS[0]


def _make_markets() -> tuple[Market, ...]:
    start = datetime.fromtimestamp(START_MS / 1000, UTC)
    for number in range(MARKETS):
        create_market(
            event=create_event(title=f"Event {number}", category="Sport"),
            title=f"Question {number}?",
            outcomes=OUTCOMES[number % len(OUTCOMES)],
            rules="As the official result says.",
            has_other=number % 3 == 0,
            # Every fourth closes by itself, some time into the run.
            closes_at=start + timedelta(seconds=5 * number + 10) if number % 4 == 3 else None,
        )
    return tuple(Market.objects.order_by("pk"))
