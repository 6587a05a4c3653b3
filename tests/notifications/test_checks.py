"""The proof of what members were told finds what is missing, and nothing else."""

import pytest
from django.conf import settings

from exchange.trading.subscribing.models import JournalCursor
from notifications.checks import changes_are_told_once
from notifications.kinds import Concern, MailChoice, Wish
from notifications.models import Mail, MailStatus, Notification
from notifications.services import follow_journal, save_wishes
from tests.factories import make_member
from tests.notifications.scenes import open_market, place

pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def alice(books):
    alice, bob = make_member("alice"), make_member("bob", is_bot=True)
    market = open_market()
    place(alice, market, "buy", 4_000, 10)
    place(bob, market, "sell", 4_000, 10)
    return alice


def found():
    return list(changes_are_told_once())


def test_it_is_one_of_the_proofs():
    assert "notifications.checks.changes_are_told_once" in settings.JOURNAL_SUBSCRIBER_CHECKS


def test_nothing_is_found_before_and_after_the_journal_is_followed(alice):
    assert found() == []
    follow_journal()
    assert found() == []


def test_change_without_its_row_is_found(alice):
    follow_journal()
    row = Notification.objects.get(kind="filled")
    row.delete()
    assert found() == [f"{row.key} was not told to member {alice.pk}"]


def test_change_without_its_mail_is_found(alice):
    follow_journal()
    row = Notification.objects.get(kind="filled")
    Notification.objects.filter(pk=row.pk).update(mail=None)
    assert found() == [f"{row.key} was not told to member {alice.pk}"]


def test_cursor_that_was_moved_too_far_is_found(alice):
    follow_journal()
    Notification.objects.all().delete()
    assert len(found()) == 2
    JournalCursor.objects.filter(subscriber="mail").update(number=0)
    assert found() == []


def test_member_who_chose_is_left_out(alice):
    save_wishes(user=alice, wishes={Concern.FILLS: Wish(bell=False, mail=MailChoice.OFF)})
    follow_journal()
    assert not Notification.objects.filter(kind="filled").exists()
    assert found() == []


def test_sent_mail_that_is_open_is_found(alice):
    follow_journal()
    mail = Mail.objects.get()
    Mail.objects.update(status=MailStatus.SENT)
    assert found() == [f"{mail} was sent, and is open"]
