"""Challenges to try things with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils.timezone import now

from core.notices import Notice, noticed
from exchange.trading.checks import run_checks
from social.challenges.models import Challenge
from social.challenges.services import Offer, offer_challenge


def make_challenge(challenger, contract, opponent=None, *, late=False, **changes) -> Challenge:
    """A challenge to buy 10 at 0.45, by link unless there is an opponent."""
    offer = {
        "contract": contract,
        "side": "buy",
        "price_ticks": 4_500,
        "quantity": 10,
        "deadline_at": now() + timedelta(days=1),
        "opponent": opponent,
    } | changes
    challenge = offer_challenge(challenger=challenger, offer=Offer(**offer))
    if late:
        past = now() - timedelta(seconds=1)
        Challenge.objects.filter(pk=challenge.pk).update(deadline_at=past)
        challenge.refresh_from_db()
    return challenge


@contextmanager
def heard_notices(kind: str = "") -> Iterator[list[Notice]]:
    """What members are told meanwhile, of one kind or of all."""
    heard: list[Notice] = []

    def listen(notices, **_):
        heard.extend(notice for notice in notices if kind in {"", notice.kind})

    noticed.connect(listen)
    try:
        yield heard
    finally:
        noticed.disconnect(listen)


def assert_whole() -> None:
    """The exchange's invariants hold."""
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}
