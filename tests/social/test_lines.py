"""Activities in words."""

import pytest

from social.activities.lines import Line
from social.activities.models import Activity, Verb
from social.activities.services import NewActivity, record_activity
from tests.factories import first_contract, make_market, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_badges")]


def line_of(verb, *, market=None, target=None, **data):
    actor = None if verb in MARKET_VERBS else make_user("alice")
    record_activity(
        NewActivity(
            verb=verb,
            key="x",
            actor_id=actor and actor.pk,
            market_id=market and market.pk,
            target_user_id=target and target.pk,
            target_id=7,
            data=data,
        )
    )
    return Line(Activity.objects.get())


MARKET_VERBS = (
    Verb.OPENED,
    Verb.HALTED,
    Verb.RESUMED,
    Verb.CLOSED,
    Verb.SETTLED,
    Verb.VOIDED,
)


@pytest.mark.parametrize(
    ("outcomes", "side", "notional_ticks", "text"),
    [
        (("Yes",), "buy", 135_000, "alice bought 30 Yes at 0.45: Rain?"),
        (("Yes",), "sell", 135_000, "alice bought 30 No at 0.55: Rain?"),
        (("Sun", "Rain"), "sell", 135_000, "alice sold 30 Sun at 0.45: Rain?"),
        (("Yes",), "buy", 135_010, "alice bought 30 Yes at 0.45: Rain?"),
        (("Yes",), "buy", 140_000, "alice bought 30 Yes at 0.4667: Rain?"),
        (("Yes",), "sell", 140_000, "alice bought 30 No at 0.5333: Rain?"),
    ],
)
def test_trade_is_said_with_its_average_price(outcomes, side, notional_ticks, text):
    market = make_market(title="Rain?", outcomes=outcomes)
    contract = first_contract(market).pk

    line = line_of(
        Verb.TRADED,
        market=market,
        contract=contract,
        side=side,
        quantity=30,
        notional_ticks=notional_ticks,
    )

    assert line.text == text
    assert line.url == "/markets/rain/"


@pytest.mark.parametrize(
    ("verb", "data", "has_target", "text"),
    [
        (Verb.WON, {"amount_ticks": 55_000}, False, "alice won +5.50: Rain?"),
        (Verb.COMMENTED, {}, False, "alice commented on Rain?"),
        (Verb.FOLLOWED, {}, False, "alice follows Rain?"),
        (Verb.CHALLENGED, {}, True, "alice challenged bob: Rain?"),
        (Verb.ACCEPTED, {}, True, "alice accepted a challenge of bob: Rain?"),
        (Verb.OPENED, {}, False, "Rain? opened for trading"),
        (Verb.HALTED, {}, False, "Rain? is halted"),
        (Verb.RESUMED, {}, False, "Rain? trades again"),
        (Verb.CLOSED, {}, False, "Rain? closed; its result is awaited"),
        (Verb.SETTLED, {"winner": None}, False, "Rain? was settled: No won"),
        (Verb.VOIDED, {}, False, "Rain? was voided: every trade in it is undone"),
    ],
)
def test_line_of_each_verb_in_a_market(verb, data, has_target, text):
    target = make_user("bob") if has_target else None

    assert line_of(verb, market=make_market(title="Rain?"), target=target, **data).text == text


@pytest.mark.parametrize(
    ("verb", "data", "has_target", "text", "url"),
    [
        (Verb.FOLLOWED, {}, True, "alice follows bob", "/members/bob/"),
        (Verb.BADGE, {"name": "Early bird"}, False, "alice earned the badge Early bird",
         "/members/alice/"),
        (Verb.CHALLENGED, {"url": "/challenges/9/"}, True, "alice challenged bob",
         "/challenges/9/"),
    ],
)  # fmt: skip
def test_line_of_each_verb_without_a_market(verb, data, has_target, text, url):
    target = make_user("bob") if has_target else None

    line = line_of(verb, target=target, **data)

    assert (line.text, line.url) == (text, url)


def test_every_verb_has_its_words():
    told = {Verb.TRADED}
    for test in (test_line_of_each_verb_in_a_market, test_line_of_each_verb_without_a_market):
        (mark,) = test.pytestmark
        told |= {row[0] for row in mark.args[1]}
    assert told == set(Verb)


def test_winner_of_a_market_of_several_outcomes_is_named():
    market = make_market(title="Who?", outcomes=("Brazil", "Japan"))
    japan = market.contracts.get(name="Japan")

    assert line_of(Verb.SETTLED, market=market, winner=japan.pk).text == (
        "Who? was settled: Japan won"
    )


def test_comment_leads_to_itself():
    line = line_of(
        Verb.COMMENTED,
        market=make_market(title="Rain?"),
        excerpt="I think",
        url="/comments/7/#comment-7",
    )

    assert (line.url, line.excerpt) == ("/comments/7/#comment-7", "I think")
