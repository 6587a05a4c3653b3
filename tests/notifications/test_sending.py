"""Sending through a real SMTP server that refuses, breaks off, and takes."""

import re
import smtplib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import claiming, sending
from notifications.claiming import CLAIM, claim_mails, renew, renewing
from notifications.models import Mail, MailStatus, Notification
from notifications.rendering import message_id
from notifications.sending import retry_delay_s, retry_mails, send_due_mail
from tests.factories import make_user
from tests.notifications.conftest import free_port, wait_until

DATA = {
    "event": "Weather",
    "market": "Will it rain & <storm>?",
    "market_id": 12,
    "slug": "雨",
    "step_ticks": 100,
    "order": "77",
    "contract": "Yes",
    "side": "buy",
    "price_ticks": 4_500,
    "order_quantity": 10,
    "fills": [[4_400, 4], [4_500, 6]],
    "quantity": 0,
    "reason": "",
}


def make_mail(user, key="order:1:1", *, data=None, thread="market:12", **fields):
    """A mail that is due, about one order that was filled; its event is called as its key."""
    now = timezone.now()
    values = {
        "recipient": user.email,
        "planned_at": now,
        "due_at": now,
        "created_at": now,
        "is_open": False,
    } | fields
    mail = Mail.objects.create(user=user, thread=thread, **values)
    add(mail, key, data)
    return mail


def add(mail, key, data=None):
    return Notification.objects.create(
        user=mail.user,
        key=key,
        kind="filled",
        url="/markets/%E9%9B%A8/",
        data=DATA | {"order": key} if data is None else data,
        in_bell=True,
        mail=mail,
        created_at=mail.created_at,
    )


def orders_in(message):
    text = message.get_body(("plain",)).get_content()
    return [line.removeprefix("Order ") for line in text.splitlines() if line.startswith("Order ")]


def orders_sent(messages):
    return [order for message in messages for order in orders_in(message)]


def later(mail):
    """Let the time come at which a mail may be tried again."""
    Mail.objects.filter(pk=mail.pk).update(due_at=timezone.now())


@pytest.mark.django_db
def test_send_due_mail_sends_text_and_html_with_equal_amounts(sink):
    mail = make_mail(make_user("alice"))

    assert send_due_mail() == 1

    (message,) = sink.messages
    assert message["Subject"] == "Filled: buy 10 Yes at 0.45 - Will it rain & <storm>?"
    assert message["To"] == "alice@example.com"
    assert message["From"] == site.DEFAULT_FROM_EMAIL
    assert message["Message-ID"] == message_id(mail)
    assert message["References"] == "<market-12@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    html = message.get_body(("html",)).get_content()
    assert "  4 at 0.44 = 1.76\n  6 at 0.45 = 2.70\n  10 in all = 4.46\n" in text
    assert "Will it rain & <storm>?" in text
    assert "Will it rain &amp; &lt;storm&gt;?" in html
    for amount in ("1.76", "2.70", "4.46"):
        assert amount in html
    for part in (text, html):
        assert "http://localhost:8000/markets/%E9%9B%A8/" in part
        assert "You get this mail because you asked Likely to tell you." in part
        assert "http://localhost:8000/accounts/settings/notifications/" in part
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.last_error) == (MailStatus.SENT, 1, "")


@pytest.mark.django_db
def test_send_due_mail_twice_sends_once(sink):
    make_mail(make_user())
    assert (send_due_mail(), send_due_mail()) == (1, 0)
    assert len(sink.messages) == 1


@pytest.mark.django_db
def test_send_due_mail_after_temporary_refusals_delivers_one_with_the_same_id(sink):
    mail = make_mail(make_user())
    sink.answers = ["451 try later"]
    sink.data_answers = ["452 full"]
    for expected in (MailStatus.WAITING, MailStatus.WAITING, MailStatus.SENT):
        send_due_mail()
        mail.refresh_from_db()
        assert mail.status == expected
        later(mail)
    assert [message["Message-ID"] for message in sink.messages] == [message_id(mail)]
    assert mail.attempts == 3


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["answers", "data_answers"])
def test_send_due_mail_refused_for_good_gives_up_at_once_and_goes_on(sink, where):
    user = make_user()
    mail = make_mail(user)
    make_mail(user, "order:1:2")
    setattr(sink, where, ["550 5.1.1 no such user"])

    assert send_due_mail() == 1

    mail.refresh_from_db()
    assert mail.status == MailStatus.DEAD
    assert "no such user" in mail.last_error
    assert orders_sent(sink.messages) == ["order:1:2"]


@pytest.mark.django_db
def test_send_due_mail_with_server_away_stops_and_keeps_everything(sink, settings):
    mails = [make_mail(make_user()), make_mail(make_user())]
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert send_due_mail() == 0
    tried = [Mail.objects.get(pk=mail.pk) for mail in mails]
    assert [mail.attempts for mail in tried] == [1, 0]
    assert [mail.first_tried_at is None for mail in tried] == [False, True]

    settings.EMAIL_PORT = port
    later(mails[0])
    assert send_due_mail() == 2
    assert len(sink.messages) == 2


@pytest.mark.django_db
def test_send_due_mail_keeps_the_order_of_each_thread_and_holds_up_no_other(sink):
    alice, bob = make_user("alice"), make_user("bob")
    first = make_mail(alice, "order:1:1")
    make_mail(alice, "order:1:2")
    make_mail(bob, "order:2:1")
    make_mail(alice, "order:3:1", thread="market:13")
    sink.answers = ["451 try later"]

    send_due_mail()
    assert orders_sent(sink.messages) == ["order:2:1", "order:3:1"]
    later(first)
    send_due_mail()
    assert orders_sent(sink.messages[2:]) == ["order:1:1", "order:1:2"]


@pytest.mark.django_db
def test_send_due_mail_after_24_hours_of_trying_gives_up(sink):
    mail = make_mail(make_user())
    long_ago = timezone.now() - timedelta(hours=25)
    Mail.objects.update(created_at=long_ago)
    sink.answers = ["451 try later", "451 try later"]
    send_due_mail()
    mail.refresh_from_db()
    assert mail.status == MailStatus.WAITING  # waiting for us is not trying
    Mail.objects.update(first_tried_at=long_ago, due_at=timezone.now())
    send_due_mail()
    mail.refresh_from_db()
    assert mail.status == MailStatus.DEAD


@pytest.mark.django_db
def test_retry_mails_gives_dead_ones_another_day(sink):
    mail = make_mail(make_user(), status=MailStatus.DEAD, attempts=9, first_tried_at=timezone.now())
    sent = make_mail(make_user(), status=MailStatus.SENT)
    assert retry_mails(Mail.objects.all()) == 1
    assert send_due_mail() == 1
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (MailStatus.SENT, 1)
    assert [message["To"] for message in sink.messages] == [mail.recipient]
    assert Mail.objects.get(pk=sent.pk).attempts == 0


@pytest.mark.django_db
def test_send_due_mail_of_killed_sender_is_taken_up_when_its_claim_runs_out(sink):
    mail = make_mail(make_user())
    assert claim_mails("gone") == [mail]  # and then the process is gone
    assert send_due_mail() == 0
    mail.refresh_from_db()
    assert timedelta(0) < mail.due_at - timezone.now() <= CLAIM <= timedelta(seconds=30)
    later(mail)
    assert send_due_mail() == 1
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (MailStatus.SENT, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("point", ["mail.claimed", "mail.sent"])
def test_send_due_mail_killed_on_the_way_loses_nothing_and_doubles_no_id(sink, monkeypatch, point):
    mails = [make_mail(make_user(), f"order:{number}:1") for number in range(3)]

    def die(name):
        if name == point:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sending, "reach", die)
        with pytest.raises(KeyboardInterrupt):
            send_due_mail()
    assert send_due_mail() == 0  # claimed by the dead
    Mail.objects.filter(status=MailStatus.SENDING).update(due_at=timezone.now())
    send_due_mail()

    got = [message["Message-ID"] for message in sink.messages]
    assert sorted(set(got)) == sorted(message_id(mail) for mail in mails)
    # The one whose fate nobody could know may come again, word for word.
    assert len(got) <= len(mails) + (point == "mail.sent")
    again = [
        message.as_string() for message in sink.messages if got.count(message["Message-ID"]) > 1
    ]
    assert len(set(map(_without_boundary, again))) <= 1
    assert set(Mail.objects.values_list("status", flat=True)) == {MailStatus.SENT}


def _without_boundary(text):
    """A message but for the random line between its parts."""
    return re.sub(r"=+\d+==", "", text)


@pytest.mark.django_db
def test_claim_is_renewed_while_its_sender_lives(sink):
    mail = make_mail(make_user())
    claim_mails("alive")
    later(mail)
    renew("alive")
    assert claim_mails("other") == []
    later(mail)
    renew("another")
    assert claim_mails("other") == [mail]


@pytest.mark.django_db(transaction=True)
def test_claims_are_renewed_from_a_thread_while_the_server_is_slow(monkeypatch):
    monkeypatch.setattr(claiming, "RENEW_S", 0.01)
    mail = make_mail(make_user())
    claim_mails("slow")
    later(mail)
    with renewing("slow"):
        wait_until(lambda: Mail.objects.get().due_at > timezone.now() + CLAIM / 2)
    assert not [thread for thread in threading.enumerate() if thread.name == "mail-claims"]


@pytest.mark.django_db
def test_send_of_sender_that_slept_sends_nothing_that_another_has(sink, monkeypatch):
    mail = make_mail(make_user())
    slow = sending._Sender()
    claimed = claim_mails(slow.claim)
    later(mail)
    assert send_due_mail() == 1
    monkeypatch.setattr(sending, "RENEW_S", -1.0)  # it has been asleep
    slow.send(claimed)
    assert len(sink.messages) == 1


@pytest.mark.django_db
def test_send_of_slow_sender_does_not_overwrite_who_took_over(sink):
    mail = make_mail(make_user())
    [slow] = claim_mails("slow")
    later(mail)
    assert send_due_mail() == 1
    sending._note_failure(slow, smtplib.SMTPServerDisconnected("gone"))
    mail.refresh_from_db()
    assert mail.status == MailStatus.SENT


@pytest.mark.django_db
def test_send_due_mail_that_cannot_be_rendered_holds_up_nobody_else(sink):
    broken = make_mail(make_user(), data={})
    make_mail(make_user(), "order:2:2")
    assert send_due_mail() == 1
    assert orders_sent(sink.messages) == ["order:2:2"]
    broken.refresh_from_db()
    assert broken.status == MailStatus.WAITING
    assert broken.last_error.startswith("KeyError")


@pytest.mark.django_db
def test_send_due_mail_that_tells_nothing_is_done_without_a_message(sink):
    mail = make_mail(make_user())
    Notification.objects.all().delete()  # the member cleared them all
    assert send_due_mail() == 0
    mail.refresh_from_db()
    assert (mail.status, sink.messages) == (MailStatus.SENT, [])


@pytest.mark.django_db
def test_send_due_mail_sends_many_over_few_connections(sink):
    for number in range(60):
        make_mail(make_user(), f"order:{number}:1")
    assert send_due_mail() == 60
    assert sink.connections == 2


@pytest.mark.django_db
def test_send_due_mail_asks_few_questions_for_each_mail(sink):
    counts = []
    for number in (1, 5):
        for _ in range(number):
            make_mail(make_user())
        with CaptureQueriesContext(connection) as queries:
            send_due_mail()
        counts.append(len(queries))
    assert counts[1] - counts[0] == 4  # the writing down of each, nothing else


@pytest.mark.django_db(transaction=True)
def test_send_due_mail_by_four_senders_at_once_sends_each_mail_once_and_in_order(sink):
    users = [make_user(f"member{number}") for number in range(5)]
    for number in range(40):
        make_mail(users[number % 5], f"order:1:{number:02d}")
    start = threading.Barrier(4)

    def run():
        start.wait()
        try:
            return send_due_mail()
        finally:
            connection.close()

    sent = 0
    while Mail.objects.exclude(status=MailStatus.SENT).exists():
        with ThreadPoolExecutor(4) as pool:
            sent += sum(future.result() for future in [pool.submit(run) for _ in range(4)])

    assert sent == 40
    assert sorted(orders_sent(sink.messages)) == [f"order:1:{number:02d}" for number in range(40)]
    for user in users:
        mine = orders_sent(sink.to(user.email))
        assert mine == sorted(mine)


def test_retry_delay_doubles_up_to_two_hours_with_jitter_of_a_quarter():
    for attempts, base in ((1, 30), (2, 60), (5, 480), (9, 7_200), (60, 7_200)):
        delays = {retry_delay_s(attempts) for _ in range(200)}
        assert base <= min(delays)
        assert max(delays) <= base + base // 4
        assert len(delays) > 1
