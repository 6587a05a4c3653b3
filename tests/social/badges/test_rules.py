"""Each rule: a member who has just earned its badge, and one who is one step short of it."""

from itertools import count

import pytest

from accounts.models import Follow
from exchange.markets.models import Market
from exchange.trading.models import Position
from social.activities.models import Activity
from social.badges import rules
from social.badges.rules import BY_NAME, RULES
from social.challenges.models import Challenge
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
from tests.social.challenges.scenes import make_challenge

pytestmark = pytest.mark.django_db
_names = count(1)


def trades(member, times, *, market=None, resting=True, first=False):
    """The member is in so many trades of one market, somebody else in the one before them."""
    contract = first_contract(market or make_market())
    others = [
        make_order(make_account(), contract, side=side, filled=10) for side in ("buy", "sell")
    ]
    if not first:
        make_trade(*others)
    own = make_order(member.account, contract, filled=10)
    for _ in range(times):
        make_trade(own, others[1]) if resting else make_trade(others[1], own)


def hold(member, markets, *, quantity=1, cash_ticks=-5_000, categories=1):
    for number in range(markets):
        market = make_market(category=f"Category {number % categories}")
        make_position(
            member.account, first_contract(market), quantity=quantity, cash_ticks=cash_ticks
        )


def results(member, won, lost=0, *, cash_ticks=-5_000):
    """So many settled markets won, and lost."""
    for is_won in [True] * won + [False] * lost:
        market = make_market()
        contract = first_contract(market)
        position = make_position(member.account, contract, quantity=1, cash_ticks=cash_ticks)
        settled = cash_ticks + (10_000 if is_won else 0)
        Position.objects.filter(pk=position.pk).update(settled_ticks=settled)
        Market.objects.filter(pk=market.pk).update(
            status="settled", winner=contract if is_won else None
        )


def accepted(member, times, *, as_challenger):
    contract = first_contract(make_market())
    for _ in range(times):
        other = make_user()
        pair = (member, other) if as_challenger else (other, member)
        challenge = make_challenge(pair[0], contract, pair[1])
        Challenge.objects.filter(pk=challenge.pk).update(status="accepted", command_id=next(_names))


def follows(member, times):
    for _ in range(times):
        Follow.objects.create(follower=member, followed=make_user())


def followed(member, times):
    for _ in range(times):
        Follow.objects.create(follower=make_user(), followed=member)


def comment(member, times):
    for _ in range(times):
        Activity.objects.create(verb="commented", key=f"c{next(_names)}", actor=member)


EARNED = {
    "first-trade": lambda one: trades(one, 1),
    "early-bird": lambda one: trades(one, 1, first=True),
    "regular": lambda one: hold(one, 10),
    "explorer": lambda one: hold(one, 5, categories=5),
    "maker": lambda one: trades(one, 50),
    "big-hands": lambda one: hold(one, 1, quantity=-1_000, cash_ticks=0),
    "first-win": lambda one: results(one, 1),
    "long-shot": lambda one: results(one, 1, cash_ticks=-1_000),
    "ten-wins": lambda one: results(one, 10),
    "forecaster": lambda one: results(one, 12, 8),
    "challenger": lambda one: accepted(one, 1, as_challenger=True),
    "duellist": lambda one: accepted(one, 3, as_challenger=False),
    "voice": lambda one: comment(one, 1),
    "curious": lambda one: follows(one, 5),
    "well-known": lambda one: followed(one, 10),
}
SHORT = {
    "first-trade": lambda one: hold(one, 1),
    "early-bird": lambda one: trades(one, 1),
    "regular": lambda one: hold(one, 9),
    "explorer": lambda one: hold(one, 6, categories=4),
    "maker": lambda one: trades(one, 50, resting=False),
    "big-hands": lambda one: hold(one, 1, quantity=999),
    "first-win": lambda one: results(one, 0, 1),
    "long-shot": lambda one: results(one, 1, cash_ticks=-1_001),
    "ten-wins": lambda one: results(one, 9, 5),
    "forecaster": lambda one: results(one, 11, 9),
    "challenger": lambda one: accepted(one, 1, as_challenger=False),
    "duellist": lambda one: accepted(one, 2, as_challenger=False),
    "voice": lambda one: follows(one, 1),
    "curious": lambda one: follows(one, 4),
    "well-known": lambda one: followed(one, 9),
}


def test_there_are_rules_enough_and_each_is_tried_here():
    assert len(RULES) >= 12
    assert BY_NAME.keys() == EARNED.keys() == SHORT.keys()
    assert len({rule.title for rule in RULES}) == len(RULES)
    assert all(rule.meaning and len(rule.name) <= 30 for rule in RULES)
    declared = {
        one
        for one in vars(rules).values()
        if isinstance(one, type) and issubclass(one, rules.Rule) and hasattr(one, "name")
    }
    assert declared == {type(rule) for rule in RULES}


@pytest.mark.parametrize("name", EARNED)
def test_badge_is_earned(name):
    member, bystander = make_member("anna"), make_member("bert")
    EARNED[name](member)
    rule = BY_NAME[name]
    assert member.pk in rule.earners(None)
    assert rule.earners({member.pk, bystander.pk}) == {member.pk}
    assert rule.earners({bystander.pk}) == set()


@pytest.mark.parametrize("name", SHORT)
def test_badge_is_not_earned_yet(name):
    member = make_member("anna")
    SHORT[name](member)
    assert member.pk not in BY_NAME[name].earners(None)


@pytest.mark.parametrize("name", EARNED)
def test_bots_earn_nothing(name):
    bot = make_member("robot", is_bot=True)
    EARNED[name](bot)
    assert bot.pk not in BY_NAME[name].earners(None)
