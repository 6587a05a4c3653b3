"""What each badge is for. A rule finds who has earned it, among some members or among all.

A new badge is one more class here: RULES finds it. Its name is kept in the database, so it stays.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection
from enum import Enum, auto
from typing import Any, ClassVar, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from accounts.models import Follow
from accounts.visibility import Kind
from exchange.markets.models import MarketStatus
from exchange.trading.models import Position, Trade, TradeKind
from social.activities.models import Activity, Verb
from social.challenges.models import Challenge, ChallengeStatus

Members = Collection[int] | None  # None: all of them
_OWNERS: Final = {"maker": "maker_account__owner", "taker": "taker_account__owner"}


class Trigger(Enum):
    """After what a rule is worth asking."""

    TRADED = auto()
    SETTLED = auto()
    SOCIAL = auto()


class Rule(ABC):
    """What a badge is called and for, and who has earned it.

    `kind` is what of a member it tells: who keeps that from others keeps the badge, too.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    meaning: ClassVar[str]
    trigger: ClassVar[Trigger]
    kind: ClassVar[Kind | None] = None

    @abstractmethod
    def earners(self, among: Members) -> set[int]:
        """Return the members who have earned it. A query or two."""

    def earners_by(self, trades: Collection[int], among: Collection[int]) -> set[int]:
        """Return who of these members has earned it, at the latest by one of these new trades.

        A rule whose query would grow with all the trades of a member asks these alone.
        """
        return self.earners(among)


class _TradeRule(Rule):
    trigger = Trigger.TRADED
    kind = Kind.TRADES


class _ResultRule(Rule):
    trigger = Trigger.SETTLED
    kind = Kind.PROFIT


class _SocialRule(Rule):
    trigger = Trigger.SOCIAL


class FirstTrade(_TradeRule):
    """Traded at all."""

    name, title, meaning = "first-trade", "First trade", "Made a first trade"

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        return _traded(among, Trade.objects.all(), "taker") | _traded(
            among, Trade.objects.all(), "maker"
        )


class Maker(_TradeRule):
    """Gave others something to trade with."""

    name, title, meaning = "maker", "Market maker", "Had 50 resting orders met by others"
    _TRADES: Final = 50

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        resting = Trade.objects.exclude(kind=TradeKind.CROSS)
        rows = _of(among, resting, _OWNERS["maker"]).annotate(n=Count("pk"))
        return _ids(rows.filter(n__gte=self._TRADES))


class EarlyBird(_TradeRule):
    """Was there first."""

    name, title, meaning = "early-bird", "Early bird", "Was in the first trade of a market"

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        return self._first_of(Trade.objects.all(), among)

    def earners_by(self, trades: Collection[int], among: Collection[int]) -> set[int]:
        """See `Rule`: whoever was first before was awarded it then."""
        return self._first_of(Trade.objects.filter(pk__in=trades), among)

    def _first_of(self, trades: "QuerySet[Trade]", among: Members) -> set[int]:
        before = Trade.objects.filter(
            market=OuterRef("market"), market_seq__lt=OuterRef("market_seq")
        )
        firsts = trades.filter(~Exists(before))
        return _traded(among, firsts, "maker") | _traded(among, firsts, "taker")


class Regular(_TradeRule):
    """Comes back."""

    name, title, meaning = "regular", "Regular", "Holds or held something in 10 markets"
    _MARKETS: Final = 10

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        rows = _positions(among).annotate(n=Count("market", distinct=True))
        return _ids(rows.filter(n__gte=self._MARKETS))


class Explorer(_TradeRule):
    """Knows more than one field."""

    name, title, meaning = "explorer", "Explorer", "Traded in 5 categories"
    _CATEGORIES: Final = 5

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        rows = _positions(among).annotate(n=Count("market__event__category", distinct=True))
        return _ids(rows.filter(n__gte=self._CATEGORIES))


class BigHands(_TradeRule):
    """Holds a lot at a time."""

    name, title, meaning = "big-hands", "Big hands", "Held 1,000 contracts of one outcome"
    _QUANTITY: Final = 1_000

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        many = Q(quantity__gte=self._QUANTITY) | Q(quantity__lte=-self._QUANTITY)
        return _ids(_positions(among, many))


class FirstWin(_ResultRule):
    """Was right once."""

    name, title, meaning = "first-win", "First win", "Won in a settled market"

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        return _winners(among, 1)


class TenWins(_ResultRule):
    """Was right often."""

    name, title, meaning = "ten-wins", "Ten wins", "Won in 10 settled markets"

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        return _winners(among, 10)


class Forecaster(_ResultRule):
    """Is right mostly."""

    name, title = "forecaster", "Forecaster"
    meaning = "Won in at least 6 of 10 settled markets, of 20 or more"
    _MARKETS: Final = 20

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        won: dict[int, list[bool]] = {}
        for member, result_ticks in _results(among):
            won.setdefault(member, []).append(result_ticks > 0)
        return {
            member
            for member, results in won.items()
            if len(results) >= self._MARKETS and 10 * sum(results) >= 6 * len(results)
        }


class LongShot(_ResultRule):
    """Believed what nobody did."""

    name, title, meaning = "long-shot", "Long shot", "Won with an outcome bought at 0.10 or less"
    _PRICE_TICKS: Final = 1_000

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        cheap = Q(
            market__winner=F("contract"),
            quantity__gt=0,
            cash_ticks__gte=-self._PRICE_TICKS * F("quantity"),
            cash_ticks__lt=0,
        )
        return _ids(_positions(among, cheap & Q(market__status=MarketStatus.SETTLED)))


class Challenger(_SocialRule):
    """Dared somebody."""

    name, title, meaning = "challenger", "Challenger", "Made a challenge that was accepted"
    kind = Kind.TRADES

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        accepted = Challenge.objects.filter(status=ChallengeStatus.ACCEPTED)
        return _ids(_of(among, accepted, "challenger"))


class Duellist(_SocialRule):
    """Was dared."""

    name, title, meaning = "duellist", "Duellist", "Accepted 3 challenges"
    kind = Kind.TRADES
    _CHALLENGES: Final = 3

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        accepted = Challenge.objects.filter(status=ChallengeStatus.ACCEPTED)
        rows = _of(among, accepted, "opponent").annotate(n=Count("pk"))
        return _ids(rows.filter(n__gte=self._CHALLENGES))


class Voice(_SocialRule):
    """Says something."""

    name, title, meaning = "voice", "Voice", "Wrote a first comment"

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        comments = Activity.objects.filter(verb=Verb.COMMENTED)
        return _ids(_of(among, comments, "actor"))


class Curious(_SocialRule):
    """Looks at what others do."""

    name, title, meaning = "curious", "Curious", "Follows 5 members"
    kind = Kind.FOLLOWS
    _FOLLOWS: Final = 5

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        rows = _of(among, Follow.objects.all(), "follower").annotate(n=Count("pk"))
        return _ids(rows.filter(n__gte=self._FOLLOWS))


class WellKnown(_SocialRule):
    """Is looked at."""

    name, title, meaning = "well-known", "Well known", "Is followed by 10 members"
    _FOLLOWERS: Final = 10

    def earners(self, among: Members) -> set[int]:
        """See `Rule`."""
        rows = _of(among, Follow.objects.all(), "followed").annotate(n=Count("pk"))
        return _ids(rows.filter(n__gte=self._FOLLOWERS))


RULES: Final[tuple[Rule, ...]] = (
    FirstTrade(),
    EarlyBird(),
    Regular(),
    Explorer(),
    Maker(),
    BigHands(),
    FirstWin(),
    LongShot(),
    TenWins(),
    Forecaster(),
    Challenger(),
    Duellist(),
    Voice(),
    Curious(),
    WellKnown(),
)
BY_NAME: Final = {rule.name: rule for rule in RULES}


def _of(among: Members, rows: "QuerySet[Any]", owner: str) -> "QuerySet[Any, Any]":
    """Return rows grouped by their owner, of those members alone; bots earn nothing."""
    rows = rows.filter(**{f"{owner}__is_bot": False, f"{owner}__isnull": False})
    if among is not None:
        rows = rows.filter(**{f"{owner}__in": among})
    return rows.order_by().values_list(owner, flat=True).distinct()


def _ids(rows: "QuerySet[Any, Any]") -> set[int]:
    return set(rows)


def _traded(among: Members, trades: "QuerySet[Trade]", role: str) -> set[int]:
    return _ids(_of(among, trades, _OWNERS[role]))


def _positions(among: Members, condition: Q = Q()) -> "QuerySet[Any, Any]":  # noqa: B008 -- never changed
    return _of(among, Position.objects.filter(condition), "account__owner")


def _results(among: Members) -> "QuerySet[Any, Any]":
    """Return (member, what a settled market brought) for each market they held something in."""
    settled = Position.objects.filter(
        market__status=MarketStatus.SETTLED,
        settled_ticks__isnull=False,
        account__owner__is_bot=False,
    )
    if among is not None:
        settled = settled.filter(account__owner__in=among)
    return (
        settled.order_by()
        .values("account__owner", "market")
        .annotate(result=Sum("settled_ticks"))
        .values_list("account__owner", "result")
    )


def _winners(among: Members, count: int) -> set[int]:
    wins: dict[int, int] = {}
    for member, result_ticks in _results(among).filter(result__gt=0):
        wins[member] = wins.get(member, 0) + (result_ticks > 0)
    return {member for member, won in wins.items() if won >= count}
