"""Who is told what, once, in which mail, as members wish; from notices and at the database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.notices import Notice, give_notices
from notifications import threads
from notifications.claiming import claim_mails
from notifications.kinds import DEFAULTS, Concern, Kind, MailChoice, Wish, concern_of
from notifications.models import Mail, Notification
from notifications.readers import Reader
from notifications.selectors import count_unread, get_words
from notifications.sending import send_due_mail
from notifications.services import mark_read, save_wishes
from notifications.threads import GROUPING, digest_route, immediate_route, open_mails
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def give(user, key="mention:1", kind="mentioned", **fields):
    with transaction.atomic():
        give_notices([Notice(user_id=user.pk, kind=kind, key=key, url="/markets/rain/", **fields)])


@pytest.fixture
def alice():
    return make_user("alice")


def test_notice_is_in_the_bell_and_in_a_mail(alice, sink):
    bob = make_user("bob")
    give(alice, actor_id=bob.pk, data={"about": "Will it rain?", "excerpt": "You are\nright"})

    [row] = Notification.objects.all()
    words = get_words(row)
    assert (words.title, words.about, words.detail) == (
        "bob mentioned you",
        "Will it rain?",
        "You are right",
    )
    assert (row.in_bell, row.read_at, count_unread(alice)) == (True, None, 1)
    assert send_due_mail() == 1
    [message] = sink.messages
    assert message["Subject"] == "bob mentioned you - Will it rain?"
    text = message.get_body(("plain",)).get_content()
    assert "You are right" in text
    assert "http://localhost:8000/markets/rain/" in text


def test_notice_given_twice_is_told_once(alice):
    give(alice)
    give(alice)
    assert Notification.objects.count() == Mail.objects.count() == 1


def test_notice_of_a_transaction_that_failed_never_was(alice):
    def fail():
        with transaction.atomic():
            give(alice)
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert not Notification.objects.exists()


def test_text_of_the_giver_is_shown_as_it_is(alice):
    give(alice, kind="challenge_accepted", data={"text": "<b>bob</b> takes your challenge"})
    assert get_words(Notification.objects.get()).title == "<b>bob</b> takes your challenge"


def test_nobody_is_told_who_is_a_bot_or_closed():
    give(make_user(is_bot=True))
    give(make_user(is_active=False))
    assert not Notification.objects.exists()


def test_unconfirmed_member_has_the_bell_alone():
    give(make_user(confirmed=False))
    assert Notification.objects.get().mail is None


@pytest.mark.parametrize("bell", [True, False])
@pytest.mark.parametrize("mail", list(MailChoice))
def test_wish_decides_between_bell_mail_digest_and_nothing(alice, bell, mail):
    save_wishes(user=alice, wishes={Concern.MENTIONS: Wish(bell=bell, mail=mail)})
    give(alice)
    rows = list(Notification.objects.select_related("mail"))
    if not bell and mail == MailChoice.OFF:
        assert rows == []
        return
    [row] = rows
    assert row.in_bell == bell
    threads_of = {MailChoice.NOW: "notices", MailChoice.DIGEST: "digest", MailChoice.OFF: None}
    assert (row.mail and row.mail.thread) == threads_of[mail]


def test_switch_ends_all_mail_and_leaves_the_bell(alice):
    save_wishes(user=alice, wishes={}, is_mailed=False)
    give(alice)
    assert (Mail.objects.count(), count_unread(alice)) == (0, 1)
    save_wishes(user=alice, wishes={}, is_mailed=True)
    give(alice, "mention:2")
    assert Mail.objects.count() == 1


def test_every_kind_has_a_concern_and_every_concern_a_default():
    assert {concern_of(kind) for kind in Kind} == {
        Concern.ACCEPTED,
        Concern.FILLS,
        Concern.ENDED,
        Concern.REJECTED,
        Concern.RESULTS,
        Concern.MARKETS,
    }
    assert set(DEFAULTS) == set(Concern)


@pytest.mark.parametrize(
    ("kind", "concern"),
    [
        ("challenge_offered", Concern.CHALLENGES),
        ("challenged", Concern.CHALLENGES),
        ("mentioned", Concern.MENTIONS),
        ("reply", Concern.MENTIONS),
        ("followed", Concern.FOLLOWS),
        ("badge", Concern.BADGES),
        ("badge_gold", Concern.BADGES),
        ("something_new", Concern.OTHER),
    ],
)
def test_concern_of_notices_is_their_first_word(kind, concern):
    assert concern_of(kind) == concern


def test_first_is_mailed_at_once_and_what_follows_comes_together(alice, sink):
    give(alice, "mention:1")
    assert send_due_mail() == 1
    for number in (2, 3, 4):
        give(alice, f"mention:{number}", data={"about": f"Question {number}"})
    assert send_due_mail() == 0

    second = Mail.objects.get(is_open=True)
    first = Mail.objects.get(is_open=False)
    assert second.planned_at == first.planned_at + GROUPING
    Mail.objects.filter(pk=second.pk).update(due_at=timezone.now())
    assert send_due_mail() == 1
    message = sink.messages[-1]
    assert message["Subject"] == "Somebody mentioned you, and 2 more - Likely"
    text = message.get_body(("plain",)).get_content()
    places = [text.index(f"Question {number}") for number in (2, 3, 4)]
    assert places == sorted(places)
    assert text.count("mentioned you") == 3


def test_member_waits_for_no_mail_longer_than_a_minute():
    assert GROUPING + timedelta(seconds=5) < timedelta(minutes=1)


def test_quiet_thread_is_mailed_at_once_again(alice):
    give(alice, "mention:1")
    claim_mails("me")
    Mail.objects.update(planned_at=timezone.now() - GROUPING - timedelta(seconds=1))
    give(alice, "mention:2")
    assert Mail.objects.get(is_open=True).due_at <= timezone.now()


def test_claimed_mail_gathers_no_more(alice):
    give(alice, "mention:1")
    claim_mails("me")
    give(alice, "mention:2")
    assert [row.mail.is_open for row in Notification.objects.order_by("pk")] == [False, True]


def test_database_refuses_a_second_open_mail_of_a_thread(alice):
    give(alice)
    mail = Mail.objects.get()
    mail.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        mail.save()


def test_database_refuses_the_same_thing_twice(alice):
    give(alice)
    row = Notification.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.django_db(transaction=True)
def test_four_givers_at_once_share_one_mail_and_lose_nothing(alice):
    start = threading.Barrier(4)

    def run(number):
        start.wait()
        try:
            for turn in range(5):
                give(alice, f"mention:{number}:{turn}")
                give(alice, f"same:{turn}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))

    assert Notification.objects.count() == 25
    assert Mail.objects.count() == 1
    assert not Notification.objects.filter(mail=None).exists()


def test_open_mails_gives_up_where_none_stays_open(alice, monkeypatch):
    monkeypatch.setattr(threads, "_lock_open", lambda _: {})
    with pytest.raises(RuntimeError):
        open_mails([immediate_route(Reader(alice.pk, alice.email), "notices")])


@pytest.mark.parametrize(
    ("zone", "now", "morning"),
    [
        ("UTC", datetime(2026, 3, 1, 7, 59, tzinfo=UTC), datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("UTC", datetime(2026, 3, 1, 8, 0, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        (
            "America/New_York",
            datetime(2026, 3, 1, 3, 0, tzinfo=UTC),
            datetime(2026, 3, 1, 13, tzinfo=UTC),
        ),
        # The night in which the clocks go forward: 8 o'clock is 8 o'clock.
        (
            "Europe/Berlin",
            datetime(2026, 3, 28, 12, 0, tzinfo=UTC),
            datetime(2026, 3, 29, 6, tzinfo=UTC),
        ),
    ],
)
def test_digest_comes_in_the_members_morning(zone, now, morning):
    route = digest_route(Reader(1, "a@example.com", ZoneInfo(zone)), now)
    assert (route.thread, route.not_before) == ("digest", morning)


def test_digest_tells_a_day_in_one_mail(alice, sink):
    for number in range(3):
        give(alice, f"follow:{number}", kind="followed", data={"handle": f"member{number}"})
    assert send_due_mail() == 0
    mail = Mail.objects.get()
    assert timezone.now() < mail.due_at <= timezone.now() + timedelta(days=1)
    Mail.objects.update(due_at=timezone.now())
    send_due_mail()
    [message] = sink.messages
    assert message["Subject"] == "Your day on Likely: 3 things"
    text = message.get_body(("plain",)).get_content()
    assert [f"member{number} follows you" in text for number in range(3)] == [True] * 3


def test_digest_is_by_the_members_own_time_zone(alice):
    alice.time_zone = "Asia/Tokyo"
    alice.save()
    give(alice, kind="followed")
    assert Mail.objects.get().due_at.astimezone(ZoneInfo("Asia/Tokyo")).hour == 8


def test_mark_read_marks_what_is_named_and_ones_own(alice):
    bob = make_user("bob")
    for user in (alice, bob):
        give(user, "mention:1")
        give(user, "mention:2")
    mine = Notification.objects.filter(user=alice).first()
    theirs = Notification.objects.filter(user=bob).first()
    assert mark_read(user=alice, ids=[mine.pk, theirs.pk]) == 1
    assert (count_unread(alice), count_unread(bob)) == (1, 2)
    assert mark_read(user=alice) == 1
    assert mark_read(user=alice) == 0


def test_give_notices_asks_the_same_number_of_questions_for_more(
    alice, django_assert_max_num_queries
):
    for number in (1, 3):
        notices = [
            Notice(user_id=alice.pk, kind="mentioned", key=f"m:{number}:{n}", url="/")
            for n in range(number)
        ]
        with django_assert_max_num_queries(11), transaction.atomic():
            give_notices(notices)
