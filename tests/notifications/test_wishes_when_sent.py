"""What is mailed, and where to, is as the member wishes when it is sent."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import transaction
from django.utils import timezone

from core.notices import Notice, give_notices
from notifications.kinds import Concern, MailChoice, Wish
from notifications.models import Mail, MailStatus
from notifications.sending import send_due_mail
from notifications.services import save_wishes
from notifications.unsubscribing import Unsubscription, unsubscribe
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return make_user("alice")


def give(user, key, kind):
    notice = Notice(
        user_id=user.pk, kind=kind, key=key, url="/markets/rain/", data={"text": f"It is {kind}"}
    )
    with transaction.atomic():
        give_notices([notice])


def next_morning():
    Mail.objects.update(due_at=timezone.now())


def test_digest_leaves_out_what_was_unsubscribed_from_meanwhile(alice):
    give(alice, "badge:1", "badge")
    give(alice, "follow:1", "follow")
    unsubscribe(wanted=Unsubscription(alice, (Concern.BADGES,)))
    next_morning()

    assert send_due_mail() == 1

    [sent] = mail.outbox
    assert "It is follow" in sent.body
    assert "It is badge" not in sent.body


@pytest.mark.parametrize("how", ["unsubscribed", "switched_off", "closed"])
def test_mail_of_which_nothing_is_wanted_any_more_does_not_go_out(alice, how):
    give(alice, "badge:1", "badge")
    if how == "unsubscribed":
        off = Wish(bell=True, mail=MailChoice.OFF)
        save_wishes(user=alice, wishes={Concern.BADGES: off})
    elif how == "switched_off":
        save_wishes(user=alice, wishes={}, is_mailed=False)
    else:
        alice.is_active = False
        alice.save()
    next_morning()

    assert (send_due_mail(), mail.outbox) == (0, [])
    assert Mail.objects.get().status == MailStatus.SENT  # done with


def test_mail_goes_to_the_address_of_when_it_is_sent(alice):
    give(alice, "mention:1", "mention")
    EmailAddress.objects.filter(user=alice).update(primary=False)
    EmailAddress.objects.create(user=alice, email="new@example.com", verified=True, primary=True)

    assert send_due_mail() == 1

    assert [message.to for message in mail.outbox] == [["new@example.com"]]
    assert Mail.objects.get().recipient == "new@example.com"


def test_mail_goes_nowhere_where_no_address_is_confirmed_any_more(alice):
    give(alice, "mention:1", "mention")
    EmailAddress.objects.filter(user=alice).update(verified=False)

    assert (send_due_mail(), mail.outbox) == (0, [])
