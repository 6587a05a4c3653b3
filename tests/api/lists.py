"""Every list of the API, and a scene in which each has something to show.

A list that is added to the API gets a line here: `test_every_list.py` says so.
"""

from dataclasses import dataclass
from typing import Final

from django.test import Client
from django.utils.timezone import now

from accounts.keys.services import create_key
from accounts.models import Follow, User
from core.notices import Notice, give_notices
from exchange.ledger.services import grant
from exchange.marketdata.candles.bars import Print
from exchange.marketdata.candles.services import count_prints
from exchange.markets.models import Market
from exchange.trading.snapshots.models import BookSnapshot
from social.activities.models import Verb
from social.activities.services import NewActivity, record_activities
from social.badges.models import Badge
from social.comments.models import Comment
from social.leaderboards.models import LeaderboardBuild, Standing
from tests.factories import (
    WHEN,
    first_contract,
    make_account,
    make_market,
    make_member,
    make_order,
    make_position,
    make_trade,
    make_user,
)
from tests.social.challenges.scenes import make_challenge


@dataclass(frozen=True)
class List:
    """A list: its path below /api/v1/, who may read it, and how many rows the scene has."""

    path: str
    reader: str = "anonymous"
    rows: int = 2
    is_paged: bool = True


LISTS: Final = {
    "badges": List("badges/", rows=15, is_paged=False),
    "candles": List("markets/rain/candles/"),
    "challenges": List("challenges/", "olga"),
    "comments": List("markets/rain/comments/"),
    "events": List("events/", rows=5),
    "feed": List("feed/?scope=public", rows=4),
    "fills": List("account/fills/", "olga"),
    "followers": List("members/Olga/followers/"),
    "following": List("members/Olga/following/"),
    "keys": List("account/keys/", "olga"),
    "leaderboard": List("leaderboards/volume/", rows=3),
    "ledger": List("account/ledger/", "olga"),
    "market-activity": List("markets/rain/activity/", rows=3),
    "markets": List("markets/", rows=5),
    "member-activity": List("members/Olga/activity/"),
    "member-badges": List("members/Olga/badges/", is_paged=False),
    "member-positions": List("members/Olga/positions/"),
    "member-trades": List("members/Olga/trades/"),
    "notifications": List("notifications/", "olga", rows=4),
    "orders": List("orders/", "olga"),
    "positions": List("account/positions/", "olga"),
    "search": List("search/?q=ra", rows=5),
    "settlements": List("settlements/"),
    "snapshots": List("books/0/snapshots/", "staff"),
    "suggest": List("search/suggest/?q=ra", rows=5, is_paged=False),
    "trades": List("markets/rain/trades/"),
}


class Scene:
    """Olga, who has two of everything; a stranger, and one of the staff."""

    def __init__(self) -> None:
        self.olga = make_member("olga")
        self.people: dict[str, User] = {
            "olga": self.olga,
            "stranger": make_member("stranger"),
            "staff": make_user("operator", is_staff=True),
        }
        self.markets = [make_market(title=title) for title in ("Rain", "Rails", "Ravens")]
        self._trade()
        self._settle()
        self._befriend()
        self._tell()
        self._operate()

    def browser(self, viewer: str) -> Client:
        """Return a viewer's browser."""
        browser = Client()
        if viewer in self.people:
            browser.force_login(self.people[viewer])
        return browser

    def _trade(self) -> None:
        rain = self.markets[0]
        for number in (1, 2):
            maker = make_order(make_account(), first_contract(rain), side="sell", filled=10)
            make_trade(maker, make_order(self.olga.account, first_contract(rain), filled=10))
            count_prints(prints=[_print(rain, number)])
        for market in self.markets[:2]:
            make_position(self.olga.account, first_contract(market), quantity=5, cash_ticks=-20_000)
        grant(account=self.olga.account, amount_ticks=10_000, reference="test:more")

    def _settle(self) -> None:
        for title in ("Radio", "Radar"):
            market = make_market(title=title, status="settled")
            Market.objects.filter(pk=market.pk).update(settled_at=WHEN)

    def _befriend(self) -> None:
        for name in ("friend", "fellow"):
            friend = make_user(name)
            Follow.objects.create(follower=self.olga, followed=friend)
            Follow.objects.create(follower=friend, followed=self.olga)
            Comment.objects.create(market=self.markets[0], author=friend, body=f"I am {name}")
            make_challenge(friend, first_contract(self.markets[0]), self.olga)
        build = LeaderboardBuild.objects.create(period="week", starts_at_ms=0, as_of_ms=1)
        for number, name in enumerate(("olga", "friend", "fellow")):
            member = User.objects.get(handle=name)
            Standing.objects.create(build=build, member=member, volume=10 + number)

    def _tell(self) -> None:
        notices = [
            Notice(user_id=self.olga.pk, kind="mentioned", key=f"mention:{n}", url="/markets/rain/")
            for n in (1, 2)
        ]
        give_notices(notices)
        data = {"side": "buy", "quantity": 10, "notional_ticks": 45_000}
        record_activities(
            [
                NewActivity(
                    verb=Verb.TRADED,
                    key=f"trade:{market.pk}",
                    actor_id=self.olga.pk,
                    market_id=market.pk,
                    data=data | {"contract": first_contract(market).pk},
                )
                for market in self.markets[:2]
            ]
        )

    def _operate(self) -> None:
        for number in (1, 2):
            create_key(user=self.olga, name=f"bot {number}", scopes=["read"])
            Badge.objects.create(
                member=self.olga, name=("voice", "challenger")[number - 1], awarded_at=now()
            )
            BookSnapshot.objects.create(
                shard=0,
                journal_number=number,
                digest="0" * 64,
                sha256="0" * 64,
                size_bytes=1,
                compressed=b"",
            )


def _print(market: Market, number: int) -> Print:
    return Print(
        market=market.pk,
        contract=first_contract(market).pk,
        trade=number,
        seq=number,
        price_ticks=4_500,
        quantity=1,
        time_s=1_772_323_200 + 300 * number,
    )
