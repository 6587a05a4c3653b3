"""Every way in which something of a member's can reach somebody: the channels of the matrix.

An app that shows something of members adds a channel here, in one line: its name, the kinds of
things it shows, and how a browser gets all of it as text. `test_privacy_matrix.py` then asks each
viewer, kind and audience. What a kind looks like is in MARKERS; `World` makes it all.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client

from accounts.models import Audience, Follow
from accounts.visibility import Kind
from exchange.trading.models import Position
from social.activities.models import Verb
from social.activities.services import NewActivity, record_activities
from social.comments.models import Comment
from social.leaderboards.models import LeaderboardBuild, Period, Standing
from tests.factories import (
    first_contract,
    make_account,
    make_market,
    make_member,
    make_order,
    make_position,
    make_trade,
    make_user,
)

RESULT_TICKS = 12_345_600
VOLUME = 987_654_321
MARKERS = {
    Kind.TRADES: ("Traded question", "traded-question", str(VOLUME)),
    Kind.POSITIONS: ("Held question", "held-question"),
    Kind.PROFIT: ("1,234.56", "1234.56", "Won question", "won-question"),
    Kind.FOLLOWS: ("friendofolga",),
}
VIEWERS = ("anonymous", "stranger", "follower", "followed", "owner")
Look = Callable[[Client], str]


@dataclass(frozen=True)
class Channel:
    """A way to see something; where not `is_complete`, it need not show all that may be seen."""

    kinds: frozenset[Kind]
    look: Look
    is_complete: bool = True


CHANNELS: dict[str, Channel] = {}


def channel(name: str, *kinds: Kind, look: Look, is_complete: bool = True) -> None:
    """Add a channel to the matrix."""
    assert name not in CHANNELS, "each has a name of its own"
    CHANNELS[name] = Channel(frozenset(kinds), look, is_complete)


def at(*paths: str, **headers: str) -> Look:
    """Look at addresses, one after the other; what is refused shows its refusal."""

    def look(browser: Client) -> str:
        answers = [browser.get(path, headers=headers) for path in paths]
        assert {answer.status_code for answer in answers} <= {200, 403}
        return "\n".join(answer.content.decode() for answer in answers)

    return look


def look_for_olga(browser: Client) -> str:
    """Whom she follows has her among the followers."""
    (friend,) = MARKERS[Kind.FOLLOWS]
    text = at(f"/api/v1/members/{friend}/followers/")(browser)
    return friend if "olga" in text else ""


def look_at_market(browser: Client) -> str:
    """What happened in a market has her name where it has her trade."""
    (title, *_) = MARKERS[Kind.TRADES]
    return title if "olga" in at("/markets/traded-question/activity/")(browser) else ""


def look_at_comment(browser: Client) -> str:
    """What she holds stands beside what she wrote."""
    (title, *_) = MARKERS[Kind.POSITIONS]
    text = at("/markets/held-question/discussion/")(browser)
    assert "olga" in text, "what she wrote is for everybody"
    return title if "10 Yes" in text else ""


FEED = (Kind.TRADES, Kind.PROFIT, Kind.FOLLOWS)
EVERYTHING = tuple(Kind)
MEMBER = "/api/v1/members/olga/"

channel("page", Kind.TRADES, Kind.POSITIONS, Kind.PROFIT, look=at("/members/olga/"))
channel("page of trades", Kind.TRADES, look=at("/members/olga/trades/"))
channel("page of positions", Kind.POSITIONS, look=at("/members/olga/positions/"))
channel("page of whom one follows", Kind.FOLLOWS, look=at("/members/olga/following/"))
channel("REST: the member", Kind.PROFIT, look=at(MEMBER))
channel("REST: trades", Kind.TRADES, look=at(f"{MEMBER}trades/"))
channel("REST: positions", Kind.POSITIONS, look=at(f"{MEMBER}positions/"))
channel("REST: following", Kind.FOLLOWS, look=at(f"{MEMBER}following/"))
channel("REST: followers of whom one follows", Kind.FOLLOWS, look=look_for_olga)
channel("REST: feed of all", *FEED, look=at("/api/v1/feed/?scope=public"))
channel("REST: feed of the member", *FEED, look=at(f"{MEMBER}activity/"))
channel(
    "REST: feed of the market",
    Kind.TRADES,
    look=at("/api/v1/markets/traded-question/activity/"),
)
channel("Atom: feed of all", *FEED, look=at("/api/v1/feed/?scope=public&format=atom"))
channel("Atom: feed of the member", *FEED, look=at(f"{MEMBER}activity/?format=atom"))
channel("XHTML: feed of the member", *FEED, look=at(f"{MEMBER}activity/?format=xhtml"))
for name in ("atom", "xhtml"):
    asked = f"?format={name}"
    channel(f"{name}: trades", Kind.TRADES, look=at(f"{MEMBER}trades/{asked}"))
    channel(f"{name}: positions", Kind.POSITIONS, look=at(f"{MEMBER}positions/{asked}"))
    channel(f"{name}: following", Kind.FOLLOWS, look=at(f"{MEMBER}following/{asked}"))
channel("page of everybody's feed", *FEED, look=at("/feed/?scope=public"))
channel("page of the member's activity", *FEED, look=at("/members/olga/activity/"))
channel("page of the market's activity", Kind.TRADES, look=look_at_market)
channel("beside a comment", Kind.POSITIONS, look=look_at_comment)
channel(
    "REST: leaderboards",
    Kind.TRADES,
    Kind.PROFIT,
    look=at("/api/v1/leaderboards/profit/", "/api/v1/leaderboards/volume/"),
)
channel("search", *EVERYTHING, look=at("/api/v1/search/?q=olga"), is_complete=False)


class World:
    """Olga, who has something of each kind, and those who look at her."""

    def __init__(self) -> None:
        self.owner = make_member("olga")
        friend, followed, follower = map(make_user, ("friendofolga", "followed", "follower"))
        self.users = {
            "owner": self.owner,
            "followed": followed,
            "follower": follower,
            "stranger": make_user("stranger"),
        }
        for one in (friend, followed):
            Follow.objects.create(follower=self.owner, followed=one)
        Follow.objects.create(follower=follower, followed=self.owner)
        self._trade()
        self._hold()
        self._win()
        self._act(friend)
        self._stand()

    def browser(self, viewer: str) -> Client:
        """Return the viewer's browser."""
        browser = Client()
        if viewer != "anonymous":
            browser.force_login(self.users[viewer])
        return browser

    def keep(self, kind: Kind, audience: Audience) -> Audience:
        """Set the audience of a kind, and the opposite for all others, which is returned."""
        others = Audience.PUBLIC if audience == Audience.NOBODY else Audience.NOBODY
        for one in Kind:
            setattr(self.owner, f"{one.value}_audience", audience if one == kind else others)
        self.owner.save()
        return others

    def _trade(self) -> None:
        self.traded = make_market(title="Traded question")
        contract = first_contract(self.traded)
        maker = make_order(make_account(), contract, side="sell", filled=10)
        make_trade(maker, make_order(self.owner.account, contract, filled=10))

    def _hold(self) -> None:
        held = make_market(title="Held question")
        make_position(self.owner.account, first_contract(held), quantity=10, cash_ticks=-40_000)
        Comment.objects.create(market=held, author=self.owner, body="I know more")

    def _win(self) -> None:
        self.won = make_market(title="Won question", status="settled")
        row = make_position(
            self.owner.account, first_contract(self.won), quantity=10, cash_ticks=-40_000
        )
        Position.objects.filter(pk=row.pk).update(settled_ticks=RESULT_TICKS)

    def _act(self, friend: object) -> None:
        fields = {"actor_id": self.owner.pk}
        contract = first_contract(self.traded).pk
        traded = {"contract": contract, "side": "buy", "quantity": 10, "notional_ticks": 45_000}
        record_activities(
            [
                NewActivity(
                    verb=Verb.TRADED, key="t", market_id=self.traded.pk, data=traded, **fields
                ),
                NewActivity(
                    verb=Verb.WON,
                    key="w",
                    market_id=self.won.pk,
                    data={"amount_ticks": RESULT_TICKS},
                    **fields,
                ),
                NewActivity(verb=Verb.FOLLOWED, key="f", target_user_id=friend.pk, **fields),
            ]
        )

    def _stand(self) -> None:
        for period in Period:
            build = LeaderboardBuild.objects.create(period=period, starts_at_ms=0, as_of_ms=1)
            Standing.objects.create(
                build=build, member=self.owner, profit_ticks=RESULT_TICKS, volume=VOLUME
            )
