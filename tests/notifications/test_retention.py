"""What members were told is kept for a time, and then deleted in slices."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import retention
from notifications.models import Mail, MailStatus, Notification
from notifications.retention import clear_old
from notifications.tasks import clear_old as clear_old_task
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora():
    return make_user("dora")


def tell(user, name, *, days, status=MailStatus.SENT):
    at = timezone.now() - timedelta(days=days)
    mail = Mail.objects.create(
        user=user, thread=name, recipient=user.email, is_open=False, status=status,
        planned_at=at, due_at=at, created_at=at,
    )  # fmt: skip
    return Notification.objects.create(
        user=user, key=name, kind="mention", url="/", data={}, in_bell=True, mail=mail,
        created_at=at,
    )  # fmt: skip


def kept():
    return list(Notification.objects.order_by("pk").values_list("key", flat=True))


@pytest.mark.parametrize("at_once", [1, 2, 1_000])
def test_old_notifications_and_their_mails_are_cleared_in_slices(dora, monkeypatch, at_once):
    monkeypatch.setattr(retention, "_ROWS_AT_ONCE", at_once)
    for number in range(3):
        tell(dora, f"old {number}", days=366)
    tell(dora, "new", days=364)
    assert clear_old() == 6
    assert kept() == ["new"]
    assert list(Mail.objects.values_list("thread", flat=True)) == ["new"]
    assert clear_old() == 0


def test_how_long_they_are_kept_is_a_setting(dora, settings):
    settings.NOTIFICATIONS_KEPT_DAYS = 30
    tell(dora, "old", days=31)
    tell(dora, "new", days=29)
    clear_old_task()
    assert kept() == ["new"]


def test_mail_that_waits_is_kept(dora):
    tell(dora, "old", days=400, status=MailStatus.WAITING)
    clear_old()
    assert kept() == []
    assert Mail.objects.count() == 1
