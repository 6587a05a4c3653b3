"""From orders given at the gateway to mail rows, through the real books and journal."""

import json

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.ledger.models import Account, Transfer
from exchange.ledger.services import open_operator_account
from exchange.trading import gateway
from exchange.trading.models import JournalBatch, Shard
from exchange.trading.subscribing.models import JournalCursor
from notifications.models import Mail, MailStatus, Notification
from notifications.rendering import render
from notifications.selectors import get_words
from notifications.services import follow_journal
from tests.factories import first_contract, make_member, make_user
from tests.notifications.scenes import lifecycle, open_market, place

pytestmark = pytest.mark.usefixtures("books")


def told(user, kind=None):
    rows = Notification.objects.filter(user=user).select_related("mail").order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows)


def kinds(user):
    return [row.kind for row in told(user)]


def subjects(user):
    return [get_words(row).subject for row in told(user)]


def forget_all():
    Notification.objects.all().delete()
    Mail.objects.all().delete()


def body_of(row):
    return render(row.mail, [row]).body


def test_follow_journal_writes_one_mail_per_change():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    place(alice, market, "sell", 6_000, 10)
    place(bob, market, "buy", 6_000, 4)
    place(bob, market, "buy", 6_000, 6)

    assert follow_journal() == 7

    assert subjects(alice) == [
        "Accepted: buy 10 No at 0.40 - Will it rain?",
        "Partially filled: buy 10 No at 0.40 - Will it rain?",
        "Filled: buy 10 No at 0.40 - Will it rain?",
    ]
    assert kinds(bob) == ["new", "filled", "new", "filled"]


def test_follow_journal_of_a_no_order_tells_fills_at_the_prices_of_no():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    place(alice, market, "buy", 4_700, 4)
    place(alice, market, "buy", 4_300, 6)
    place(bob, market, "sell", 4_300, 10)
    follow_journal()

    assert subjects(bob) == [
        "Accepted: buy 10 No at 0.57 - Will it rain?",
        "Partially filled: buy 10 No at 0.57 - Will it rain?",
        "Filled: buy 10 No at 0.57 - Will it rain?",
    ]
    rows = told(bob)
    assert "  4 at 0.53 = 2.12\n" in body_of(rows[1])
    assert "  6 at 0.57 = 3.42\n" in body_of(rows[2])
    told_ticks = sum(price * quantity for row in rows for price, quantity in row.data["fills"])
    assert told_ticks == Account.objects.get(pk=bob.account.pk).exposure_ticks == 55_400


def test_follow_journal_of_a_market_with_several_outcomes_says_sell():
    alice = make_member("alice")
    market = open_market(outcomes=("Brazil", "France", "Spain"))
    place(alice, market, "sell", 4_300, 10)
    follow_journal()
    assert subjects(alice) == ["Accepted: sell 10 Brazil at 0.43 - Will it rain?"]


def test_follow_journal_twice_writes_nothing_more():
    alice = make_member("alice")
    place(alice, open_market(), "buy", 4_000, 1)
    assert (follow_journal(), follow_journal()) == (1, 0)
    assert kinds(alice) == ["new"]


def test_follow_journal_after_cursor_set_back_doubles_no_mail():
    alice = make_member("alice")
    place(alice, open_market(), "buy", 4_000, 1)
    follow_journal()
    Mail.objects.update(status=MailStatus.SENT)
    JournalCursor.objects.update(number=0)

    follow_journal()

    assert list(Mail.objects.values_list("user", "status")) == [(alice.pk, "sent")]
    assert JournalCursor.objects.get().number == JournalBatch.objects.count()


def test_follow_journal_says_why_cancelled():
    alice = make_member("alice")
    market = open_market()
    order_id = place(alice, market, "buy", 4_000, 10)
    gateway.cancel_order(account=alice.account, user=alice, order_id=order_id)
    follow_journal()

    [row] = told(alice, "cancelled")
    body = body_of(row)
    assert "You cancelled it. 10 of 10 did not trade and are off the book." in body


def test_follow_journal_mails_what_is_left_of_immediate_or_cancel():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    place(alice, market, "sell", 6_000, 3)
    place(bob, market, "buy", 6_500, 10, time_in_force="IOC")
    follow_journal()

    assert kinds(bob) == ["new", "partially_filled", "cancelled"]
    bodies = [body_of(row) for row in told(bob)]
    assert "  3 at 0.60 = 1.80\n" in bodies[1]
    assert "7 of 10 are still open." in bodies[1]
    assert "7 of 10 did not trade" in bodies[2]


def test_follow_journal_says_why_rejected_and_what_to_do():
    alice = make_member("alice", balance_credits=1)
    place(alice, open_market(), "buy", 4_000, 100)
    follow_journal()

    [row] = told(alice)
    assert get_words(row).subject == "Rejected: buy 100 Yes at 0.40 - Will it rain?"
    body = body_of(row)
    assert "Not enough available. Buy less, or cancel open orders to free money." in body


@pytest.mark.parametrize("winner", ["Yes", "No"])
def test_follow_journal_mails_amounts_of_settlement_equal_to_the_ledger(winner):
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    place(alice, market, "sell", 6_000, 10)
    place(bob, market, "buy", 6_000, 10)
    follow_journal()
    forget_all()
    lifecycle(market, "settle", first_contract(market) if winner == "Yes" else None)
    follow_journal()

    paid = dict.fromkeys((alice.account.pk, bob.account.pk), 0)
    for transfer in Transfer.objects.filter(kind="settlement"):
        for account_id, ticks in (
            (transfer.debit_id, -transfer.amount_ticks),
            (transfer.credit_id, transfer.amount_ticks),
        ):
            if account_id in paid:
                paid[account_id] += ticks
    for user in (alice, bob):
        [row] = told(user)
        assert row.data["amount_ticks"] == paid[user.account.pk]
        assert f"The result: {winner}." in body_of(row)
    gains = ("−4.00", "+4.00") if winner == "Yes" else ("+6.00", "−6.00")
    mails = [*subjects(alice), *subjects(bob)]
    assert mails == [f"Settled: {gain} - Will it rain?" for gain in gains]


def test_follow_journal_mails_holder_who_came_out_even():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    place(alice, market, "sell", 4_000, 10)
    place(bob, market, "buy", 4_000, 10)
    place(bob, market, "sell", 8_000, 5)
    place(alice, market, "buy", 8_000, 5)  # both now have paid and got the same
    follow_journal()
    forget_all()
    lifecycle(market, "settle")
    follow_journal()

    assert kinds(alice) == kinds(bob) == ["settled"]
    assert "You came out even" in body_of(told(bob)[0])


def test_follow_journal_mails_all_who_traded_when_voided():
    alice, bob, carol = make_member("alice"), make_member("bob"), make_member("carol")
    market = open_market()
    place(alice, market, "sell", 6_000, 10)
    place(bob, market, "buy", 6_000, 8)
    place(carol, market, "buy", 1_000, 1)
    follow_journal()
    forget_all()
    lifecycle(market, "void")
    follow_journal()

    assert kinds(alice) == ["cancelled", "voided"]
    assert kinds(bob) == ["voided"]
    assert kinds(carol) == ["cancelled"]
    assert "nobody won or lost" in body_of(told(bob)[0])


def test_follow_journal_writes_to_confirmed_members_only():
    market = open_market()
    bot = make_member("botty", is_bot=True)
    closed = make_member("closed")
    unconfirmed = make_member("unsure", confirmed=False)
    for user in (bot, closed, unconfirmed):
        place(user, market, "buy", 4_000, 1)
    closed.is_active = False
    closed.save()
    nobody = make_user("nobody")
    nobody.account = open_operator_account(code="flow-x", grant_ticks=10_000_000)
    place(nobody, market, "buy", 4_000, 1)

    assert follow_journal() == 0
    assert not Mail.objects.exists()
    assert JournalCursor.objects.get().number == JournalBatch.objects.count()


def test_follow_journal_writes_to_the_primary_confirmed_address():
    alice = make_member("alice")
    EmailAddress.objects.create(user=alice, email="new@example.com", verified=False)
    second = EmailAddress.objects.create(user=alice, email="second@example.com", verified=True)
    place(alice, open_market(), "buy", 4_000, 1)
    EmailAddress.objects.filter(user=alice).update(primary=False)
    EmailAddress.objects.filter(pk=second.pk).update(primary=True)
    follow_journal()
    assert Mail.objects.get().recipient == "second@example.com"


def test_follow_journal_of_one_user_with_two_accounts_mails_both_settlements():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    other = Account.objects.create(kind="member", code="alice-2", owner=alice)
    place(alice, market, "sell", 6_000, 10)
    place(bob, market, "buy", 6_000, 10)
    Account.objects.filter(pk=bob.account.pk).update(owner=alice)
    lifecycle(market, "settle")
    follow_journal()
    assert other.owner == alice
    assert kinds(alice).count("settled") == 2


def test_follow_journal_asks_the_same_number_of_questions_for_more_orders():
    market = open_market()
    follow_journal()
    counts = []
    for number in (1, 3):
        for _ in range(number):
            place(make_member(), market, "buy", 4_000, 1)
        with CaptureQueriesContext(connection) as queries:
            follow_journal()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_follow_journal_handles_titles_of_any_script_and_with_line_breaks():
    alice = make_member("alice")
    market = open_market("明日は雨？\r\nBcc: everybody@example.com")
    place(alice, market, "buy", 4_000, 1)
    follow_journal()
    assert subjects(alice) == [
        "Accepted: buy 1 Yes at 0.40 - 明日は雨？ Bcc: everybody@example.com"
    ]
    [row] = told(alice)
    message = render(row.mail, [row]).message()
    assert message["Bcc"] is None
    json.dumps(row.data)


def test_batch_that_cannot_be_put_in_words_holds_up_no_other_shard():
    alice = make_member("alice")
    market = open_market()
    Shard.objects.bulk_create([Shard(number=900, next_trade=1, journal_number=1)])
    JournalBatch.objects.create(shard=900, number=1, epoch=1, time_ms=0, facts="{}", entries="torn")
    place(alice, market, "sell", 6_000, 10)

    assert follow_journal() == 1

    assert kinds(alice) == ["new"]
    assert JournalCursor.objects.get(shard=900).number == 0
