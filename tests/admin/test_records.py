"""What the exchange wrote is shown in the admin and never changed there."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exchange.ledger.models import Account, Transfer
from exchange.markets.models import Market
from exchange.trading.models import (
    DeadLetter,
    Follower,
    InboxCommand,
    JournalBatch,
    Order,
    Outcome,
    Position,
    Shard,
    Trade,
    Worker,
)
from exchange.trading.reconciliation_models import ReconciledCheck, Reconciliation
from exchange.trading.subscribing.models import JournalCursor
from notifications.models import Mail, MailStatus, Notification
from notifications.services import follow_journal
from tests.factories import WHEN, make_member
from tests.notifications.scenes import open_market, place

READ_ONLY = (
    DeadLetter, Follower, InboxCommand, JournalBatch, JournalCursor, Mail, Notification, Order,
    Outcome, Position, Reconciliation, Shard, Trade, Transfer, Worker,
)  # fmt: skip
LISTED = (*READ_ONLY, Account, Market)


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def trade_once(number):
    """Make one row more in every table."""
    alice, bob = make_member(), make_member()
    market = open_market(f"Question {number}?")
    place(alice, market, "sell", 6_000, 10)
    place(bob, market, "buy", 6_000, 4)
    follow_journal()
    DeadLetter.objects.create(
        command_id=number, shard=0, payload="{}", error="broken", created_at=WHEN
    )
    InboxCommand.objects.create(
        id=number, shard=99, kind="Tick", payload="{}", account=alice.account, received_at_ms=1
    )
    Shard.objects.create(number=100 + number, next_trade=1)
    Worker.objects.create(
        name=f"w{number}:1", label=f"w{number}", shards="[0]", started_at_ms=1, expires_at_ms=1
    )
    Follower.objects.create(worker=f"w{number}:1", shard=100 + number, journal_number=0)
    JournalCursor.objects.create(subscriber="test", shard=100 + number)
    run = Reconciliation.objects.create(day=WHEN.date().replace(day=number), started_at=WHEN)
    ReconciledCheck.objects.create(reconciliation=run, name="1 money", duration_ms=number)


@pytest.mark.parametrize("model", READ_ONLY)
def test_record_is_shown_and_nothing_else(client, operator, books, model):
    trade_once(1)
    row = model.objects.first()
    before = list(model.objects.values())

    assert client.get(url(model, "changelist")).status_code == 200
    assert client.get(url(model, "change", row.pk)).status_code == 200
    assert client.get(url(model, "add")).status_code == 403
    assert client.post(url(model, "add"), {}).status_code == 403
    assert client.post(url(model, "change", row.pk), {}).status_code == 403
    assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    delete = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(url(model, "changelist"), delete)
    assert list(model.objects.values()) == before


@pytest.mark.parametrize("model", LISTED)
def test_list_asks_the_same_number_of_questions_for_more_rows(client, operator, books, model):
    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            trade_once(number)
        client.get(url(model, "changelist"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(model, "changelist")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model", LISTED)
def test_list_can_be_searched_for_anything(client, operator, model):
    for term in ("abc", "7", "member-1", "9" * 30, "' OR 1=1 --", "²"):
        assert client.get(url(model, "changelist"), {"q": term}).status_code == 200


def test_search_finds_an_order_by_id_and_by_account(client, operator, books):
    trade_once(1)
    trade_once(2)
    order = Order.objects.select_related("account").first()
    for term in (order.pk, order.account.code, order.account.owner.handle):
        response = client.get(url(Order, "changelist"), {"q": term})
        assert list(response.context["cl"].result_list) == [order]


@pytest.mark.parametrize("path", ["", *(f"{model._meta.app_label}/" for model in LISTED)])
def test_index_works_at_once(client, operator, path):
    response = client.get(f"/admin/{path}")
    assert response.status_code == 200
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_every_model_of_the_exchange_is_in_the_admin():
    registered = {model.__name__ for model in admin.site._registry}
    assert {model.__name__ for model in LISTED} | {"Event", "User"} <= registered


def test_stranger_is_sent_to_log_in(client, db):
    client.force_login(make_member("charlie"))
    for model in LISTED:
        response = client.get(url(model, "changelist"))
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


def test_account_suspended_flag_is_all_that_can_be_changed(client, operator):
    account = make_member("alice").account
    Account.objects.filter(pk=account.pk).update(account_seq=5)
    data = {"is_suspended": "on", "balance_ticks": "1", "owner": "", "kind": "issuance"}
    response = client.post(url(Account, "change", account.pk), data)
    assert response.status_code == 302
    changed = Account.objects.get(pk=account.pk)
    assert changed.is_suspended
    assert changed.balance_ticks == account.balance_ticks
    assert (changed.owner, changed.kind, changed.account_seq) == (account.owner, "member", 5)
    assert client.post(url(Account, "add"), {}).status_code == 403
    assert client.post(url(Account, "delete", account.pk), {"post": "yes"}).status_code == 403


def test_suspending_writes_no_other_column(client, operator):
    """A batch that commits while the page is open must not be undone by it."""
    account = make_member("alice").account
    with CaptureQueriesContext(connection) as queries:
        client.post(url(Account, "change", account.pk), {"is_suspended": "on"})
    updates = [q["sql"] for q in queries if q["sql"].startswith('UPDATE "ledger_account"')]
    assert len(updates) == 1
    assert "balance_ticks" not in updates[0]


def retry(client, mail):
    data = {"action": "retry", "_selected_action": [mail.pk]}
    return client.post(url(Mail, "changelist"), data, follow=True)


def test_dead_mail_can_be_tried_again(client, operator, books):
    trade_once(1)
    mail = Mail.objects.first()
    Mail.objects.update(status=MailStatus.SENT)
    Mail.objects.filter(pk=mail.pk).update(status=MailStatus.DEAD, attempts=9)
    response = retry(client, mail)
    assert "1 mails are tried again." in response.content.decode()
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (MailStatus.WAITING, 0)
    retry(client, Mail.objects.filter(status=MailStatus.SENT).first())
    assert Mail.objects.filter(status=MailStatus.WAITING).count() == 1


def test_dead_mail_stays_dead_for_one_who_may_only_look(client, viewer, books):
    trade_once(1)
    mail = Mail.objects.first()
    Mail.objects.update(status=MailStatus.DEAD)
    retry(client, mail)
    mail.refresh_from_db()
    assert mail.status == MailStatus.DEAD


def bury(kind, payload, command_id=7):
    return DeadLetter.objects.create(
        command_id=command_id, shard=0, kind=kind, payload=payload, error="broken", created_at=WHEN
    )


def requeue(client, letter):
    data = {"action": "requeue", "_selected_action": [letter.pk]}
    return client.post(url(DeadLetter, "changelist"), data, follow=True)


def test_broken_step_of_a_market_can_be_sent_again_once(client, operator):
    letter = bury("HaltMarket", '{"type":"HaltMarket","market":5}')
    assert "1 commands are judged again." in requeue(client, letter).content.decode()
    letter.refresh_from_db()
    row = InboxCommand.objects.get()
    assert (row.pk, row.payload) == (letter.requeued_as, letter.payload)
    assert (row.shard, row.user) == (0, operator)
    assert "0 commands are judged again." in requeue(client, letter).content.decode()
    assert InboxCommand.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("PlaceOrder", '{"type":"PlaceOrder","order":1}'),
        ("CancelOrder", '{"type":"CancelOrder","order":1,"account":1}'),
        ("HaltMarket", "{"),
        ("HaltMarket", '{"type":"PlaceOrder"}'),
        ("HaltMarket", "[]"),
    ],
)
def test_whatever_else_broke_is_answered_for_good(client, operator, kind, payload):
    requeue(client, bury(kind, payload))
    assert InboxCommand.objects.count() == 0


def test_broken_step_stays_for_one_who_may_only_look(client, viewer):
    requeue(client, bury("HaltMarket", '{"type":"HaltMarket","market":5}'))
    assert InboxCommand.objects.count() == 0
