"""The nightly reconciliation: one a day, written down, an alarm for what differs."""

from datetime import date

import pytest
from django.conf import settings
from django.urls import reverse
from structlog.testing import capture_logs

from exchange.ledger.models import Account
from exchange.trading.reconciliation_models import ReconciledCheck, Reconciliation
from exchange.trading.reconciling import reconcile
from exchange.trading.tasks import reconcile_today
from tests.factories import make_user
from tests.trading.journals.scenes import trade_in_two_markets

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("one_shard")]

DAY = date(2026, 3, 1)
CHECKS = 13 + len(settings.JOURNAL_SUBSCRIBER_CHECKS)


@pytest.fixture
def rain(one_shard, books):
    return trade_in_two_markets()[0]


def differing() -> dict[str, str]:
    rows = ReconciledCheck.objects.exclude(differences="")
    return dict(rows.values_list("name", "differences"))


def test_whole_exchange_is_reconciled_without_an_alarm(rain):
    with capture_logs() as logs:
        run = reconcile(day=DAY)
    run.refresh_from_db()
    assert (run.difference_count, run.finished_at >= run.started_at) == (0, True)
    assert run.journal_batches > 0
    assert (run.checks.count(), differing()) == (CHECKS, {})
    assert [line["event"] for line in logs if line["log_level"] == "error"] == []


def test_empty_exchange_is_reconciled(transactional_db):
    run = reconcile(day=DAY)
    assert (run.difference_count, run.journal_batches) == (0, 0)


def test_difference_is_written_down_and_an_alarm(rain):
    Account.objects.filter(kind="issuance").update(balance_ticks=5)
    with capture_logs() as logs:
        run = reconcile(day=DAY)
    names = ["1 balances sum to 0", "1 balances are their transfers"]
    assert sorted(differing()) == sorted(names)
    assert run.difference_count == 2
    alarms = [line for line in logs if line["event"] == "reconciliation_differs"]
    assert [(line["check"], line["log_level"]) for line in alarms] == [
        (name, "error") for name in names
    ]


def test_second_run_of_a_day_does_nothing(rain):
    assert reconcile(day=DAY) is not None
    assert reconcile(day=DAY) is None
    assert Reconciliation.objects.count() == 1
    assert ReconciledCheck.objects.count() == CHECKS


def test_task_makes_the_run_of_today(rain):
    reconcile_today()
    reconcile_today()
    assert Reconciliation.objects.get().finished_at is not None


def test_beat_asks_for_it_every_night():
    asked = settings.CELERY_BEAT_SCHEDULE["reconcile"]
    assert asked["task"] == reconcile_today.name
    assert (asked["schedule"].hour, asked["schedule"].minute) == ({3}, {15})


def test_page_shows_when_how_long_and_each_difference(rain, client):
    client.force_login(make_user("operator", is_staff=True, is_superuser=True))
    Account.objects.filter(kind="issuance").update(balance_ticks=5)
    run = reconcile(day=DAY)
    Reconciliation.objects.create(day=DAY.replace(day=2), started_at=run.started_at)
    listed = client.get(reverse("admin:trading_reconciliation_changelist")).content.decode()
    assert "2 differences" in listed
    assert "not finished" in listed
    page = client.get(reverse("admin:trading_reconciliation_change", args=[run.pk]))
    for line in differing().values():
        assert line in page.content.decode()
