"""The rows of the benchmark: members, markets, and what they did. Needs Django set up."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from django.db import connection

from accounts.models import Follow, User
from exchange.markets.models import Market
from exchange.markets.services import create_event, create_market
from social.activities.models import KINDS, Activity, Verb
from social.following.models import MarketFollow

READER: Final = "reader"
_MARKETS: Final = 200
_ROWS_AT_ONCE: Final = 5_000
_VERBS: Final = (*(Verb.TRADED,) * 8, Verb.COMMENTED, Verb.FOLLOWED)
_AUDIENCES: Final = (*("public",) * 8, "followers", "nobody")


def fill(*, members: int, activities: int, followed: int) -> None:
    """Fill the database of the settings."""
    people = _make_members(members)
    markets = _make_markets()
    _make_activities(people, markets, activities)
    _make_follows(people, markets, followed)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _make_members(count: int) -> list[User]:
    User.objects.bulk_create([User(email="reader@example.com", handle=READER)])
    return User.objects.bulk_create(
        User(
            email=f"m{number}@example.com",
            handle=f"m{number}",
            trades_audience=_AUDIENCES[number % len(_AUDIENCES)],
        )
        for number in range(count)
    )


def _make_markets() -> list[Market]:
    event = create_event(title="Anything", category="Benchmarks")
    return [
        create_market(event=event, title=f"Question {number}?", outcomes=("Yes",), rules="None.")
        for number in range(_MARKETS)
    ]


def _make_activities(people: Sequence[User], markets: Sequence[Market], count: int) -> None:
    contracts = {market.pk: market.contracts.get().pk for market in markets}
    rows = _draw(people, markets, contracts, count)
    Activity.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)


def _draw(
    people: Sequence[User], markets: Sequence[Market], contracts: dict[int, int], count: int
) -> Iterator[Activity]:
    """Draw activities: few members do most, few markets have most."""
    draw = random.Random(7)  # noqa: S311 -- the same rows each time
    for number in range(count):
        verb = draw.choice(_VERBS)
        market = markets[int(len(markets) * draw.random() ** 2)]
        traded = {
            "contract": contracts[market.pk],
            "side": draw.choice(("buy", "sell")),
            "quantity": 10,
            "notional_ticks": 45_000,
        }
        yield Activity(
            verb=verb,
            kind=KINDS.get(verb, ""),
            key=f"bench:{number}",
            actor=people[int(len(people) * draw.random() ** 2)],
            market=market,
            data=traded if verb == Verb.TRADED else {},
        )


def _make_follows(people: Sequence[User], markets: Sequence[Market], followed: int) -> None:
    reader = User.objects.get(handle=READER)
    step = max(1, len(people) // followed)
    Follow.objects.bulk_create(
        Follow(follower=reader, followed=member) for member in people[::step][:followed]
    )
    MarketFollow.objects.bulk_create(
        MarketFollow(follower=reader, market=market) for market in markets[::10]
    )
