"""From orders given at the gateway to activities, through the real books and journal."""

import pytest

from exchange.trading.subscribing.models import JournalCursor
from social.activities.changes import Trading, changes_of
from social.activities.following import follow_journal
from social.activities.models import Activity
from social.tasks import follow_journal as follow_journal_task
from tests.factories import first_contract, make_account, make_member
from tests.notifications.scenes import lifecycle, open_market, place

pytestmark = pytest.mark.usefixtures("books")


def told():
    rows = Activity.objects.select_related("actor").order_by("id")
    return [(str(row.actor or ""), row.verb, row.data) for row in rows]


def traded(contract, side, quantity, notional_ticks):
    return {
        "contract": contract.pk,
        "side": side,
        "quantity": quantity,
        "notional_ticks": notional_ticks,
    }


def test_trades_of_one_command_are_one_activity_of_each_member():
    alice, bob, carol = make_member("alice"), make_member("bob"), make_member("carol")
    market = open_market()
    yes = first_contract(market)
    place(alice, market, "sell", 5_000, 10)
    place(bob, market, "sell", 6_000, 10)
    place(alice, market, "sell", 6_000, 5)
    place(carol, market, "buy", 7_000, 25)

    assert follow_journal() == 4

    assert told() == [
        ("", "opened", {}),
        ("alice", "traded", traded(yes, "sell", 15, 80_000)),
        ("carol", "traded", traded(yes, "buy", 25, 140_000)),
        ("bob", "traded", traded(yes, "sell", 10, 60_000)),
    ]
    assert set(Activity.objects.values_list("market", flat=True)) == {market.pk}


def test_every_step_of_a_market_is_told_and_then_who_won():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    yes = first_contract(market)
    place(alice, market, "sell", 6_000, 10)
    place(bob, market, "buy", 6_000, 10)
    for action in ("halt", "resume", "close"):
        lifecycle(market, action)
    lifecycle(market, "settle", yes)
    follow_journal()

    steps = [row for row in told() if row[1] != "traded"]

    assert steps == [
        ("", "opened", {}),
        ("", "halted", {}),
        ("", "resumed", {}),
        ("", "closed", {}),
        ("", "settled", {"winner": yes.pk}),
        ("bob", "won", {"amount_ticks": 40_000}),
    ]
    won = Activity.objects.get(verb="won")
    assert (won.kind, won.market) == ("profit", market)


def test_void_is_told_and_nobody_won():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    place(alice, market, "sell", 6_000, 10)
    place(bob, market, "buy", 6_000, 10)
    lifecycle(market, "void")
    follow_journal()

    assert [verb for _, verb, _ in told()] == ["opened", "traded", "traded", "voided"]


def test_bots_and_accounts_of_nobody_do_not_fill_the_feed_with_trades():
    bot, house = make_member("robot", is_bot=True), make_account()
    market = open_market()
    place(bot, market, "sell", 6_000, 10)
    bot.account = house  # orders of an account that nobody owns
    place(bot, market, "buy", 6_000, 10)
    lifecycle(market, "settle", None)
    follow_journal()

    assert [(actor, verb) for actor, verb, _ in told()] == [
        ("", "opened"),
        ("", "settled"),
        ("robot", "won"),
    ]


def test_cursor_set_back_doubles_nothing():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    place(alice, market, "sell", 6_000, 10)
    place(bob, market, "buy", 6_000, 10)
    follow_journal_task()
    before = told()
    JournalCursor.objects.filter(subscriber="feed").update(number=0)

    assert follow_journal() == 0

    assert told() == before
    assert follow_journal() == 0


def test_trading_of_both_sides_in_an_auction_is_told_apart():
    def trade(seq, maker_side, maker, taker, quantity, kind="auction"):
        return {
            "type": "TradeExecuted",
            "seq": seq,
            "market": 1,
            "contract": 11,
            "kind": kind,
            "price_ticks": 5_000,
            "quantity": quantity,
            "maker_account": maker,
            "taker_account": taker,
            "maker_side": maker_side,
        }

    events = [
        trade(3, "buy", 7, 8, 10),
        trade(4, "sell", 7, 9, 4),
        trade(5, "buy", 7, 8, 1, "cross"),
    ]

    found = list(changes_of([[None, {"type": "Tick"}, events]]))

    assert [(t.account, t.side, t.quantity, t.seq) for t in found if isinstance(t, Trading)] == [
        (7, "buy", 10, 3),
        (8, "sell", 10, 3),
        (7, "sell", 4, 4),
        (9, "buy", 4, 4),
    ]
    assert len({change.key for change in found}) == 4
