"""Demo bots: the example bots of client/, in a process of their own, over the public API.

They trade as any member's bots do, by API keys, and only in markets whose event says
{"_demo": true}. What stays here is what a bot cannot do for itself: keys, and more money.
"""

import json
import os
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from accounts.keys.models import ApiKey, Scope
from accounts.keys.services import create_key, revoke_key
from accounts.models import User
from core.ids import new_id
from core.money import format_ticks
from exchange.ledger.models import Account
from exchange.web.demo.markets import open_demo_contracts, starting_prices
from exchange.web.demo.people import BOT_CREDITS_TICKS, People, Trader, top_up

AVAILABLE_TICKS_MIN: Final = 5_000 * 10_000
_CLIENT: Final = Path(settings.BASE_DIR) / "client"
_KEY_NAME: Final = "demo --bots"
_LOOK_S: Final = 10.0
_STOP_S: Final = 10.0


class BotsFailedError(Exception):
    """The bots' process has ended by itself, and has said why."""


def run_bots(people: People, *, site: str, rate: int, stop: threading.Event) -> int:
    """Let the bots trade on a site until told to stop; return how many turns they took.

    Raises BotsFailedError where they cannot: no site answers there, say.
    """
    with _keys(people) as keys:
        config = {"site": site, "turns_per_s": rate, "keys": keys, "markets": demo_markets()}
        process = start_crowd(config)
        try:
            while process.poll() is None and not stop.is_set():
                keep_in_money(people)
                stop.wait(_LOOK_S if process.poll() is None else 0)
        finally:
            output = _end(process)
    if process.returncode:
        raise BotsFailedError
    return int(output.split()[-1])


def start_crowd(config: Mapping[str, Any]) -> "subprocess.Popen[str]":
    """Start the bots; the keys go through their input, where nobody else sees them."""
    process = subprocess.Popen(  # noqa: S603 -- our own program, nothing of anybody's in it
        [sys.executable, str(_CLIENT / "examples" / "crowd.py")],
        env={**os.environ, "PYTHONPATH": str(_CLIENT / "src")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None, "it was asked for"
    process.stdin.write(json.dumps(config) + "\n")
    process.stdin.flush()
    return process


def demo_markets() -> list[dict[str, Any]]:
    """Return the open demo markets, and around which price each of their outcomes is quoted."""
    start_ticks = starting_prices()
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for contract in open_demo_contracts():
        price_ticks = start_ticks.get(contract.pk, contract.last_price_ticks)
        if price_ticks:
            found[contract.market.slug][contract.name] = format_ticks(price_ticks)
    return [{"slug": slug, "fair": fair} for slug, fair in found.items()]


def keep_in_money(people: People) -> None:
    """Give more to each bot that has little left."""
    for trader in people.bots:
        account = Account.objects.get(pk=trader.account.pk)
        if account.available_ticks < AVAILABLE_TICKS_MIN:
            reference = f"demo-top-up:{new_id()}"
            top_up(trader, amount_ticks=BOT_CREDITS_TICKS, reference=reference)


@contextmanager
def _keys(people: People) -> Iterator[dict[str, str]]:
    """Make a key for each role; see `keys_of`."""
    first, second, third = people.noise
    roles = {"maker": people.maker, "noise": first, "momentum": second, "other": third}
    with keys_of(roles.values(), name=_KEY_NAME) as keys:
        yield dict(zip(roles, keys, strict=True))


@contextmanager
def keys_of(traders: Iterable[Trader], *, name: str) -> Iterator[list[str]]:
    """Make a key to trade with for each, and revoke it at the end; those left over, too."""
    users = [trader.user for trader in traders]
    _revoke(users, name)
    scopes = [Scope.READ, Scope.TRADE]
    try:
        yield [create_key(user=user, name=name, scopes=scopes).secret for user in users]
    finally:
        _revoke(users, name)


def _revoke(users: Iterable[User], name: str) -> None:
    for key in ApiKey.objects.filter(user__in=users, name=name, revoked_at=None):
        revoke_key(user=key.user, key_id=key.pk)


def _end(process: "subprocess.Popen[str]") -> str:
    """Stop the process and return what it has written."""
    process.terminate()
    try:
        return process.communicate(timeout=_STOP_S)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]
