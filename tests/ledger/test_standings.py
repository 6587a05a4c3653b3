"""How accounts stand, read and locked in one statement for any number of them."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from exchange.ledger.models import Account
from exchange.ledger.standings import Standing, lock_standings, read_standings
from tests.factories import make_account

pytestmark = pytest.mark.django_db


def test_standing_says_what_is_available():
    account = make_account(balance_credits=100)
    Account.objects.filter(pk=account.pk).update(exposure_ticks=1, account_seq=7, is_suspended=True)
    expected = {account.pk: Standing(999_999, True, 7)}
    assert read_standings([account.pk, account.pk, 0]) == expected
    with transaction.atomic():
        assert lock_standings([account.pk]) == expected


def test_no_accounts_are_fine():
    assert read_standings([]) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_accounts_is_one_statement(count):
    accounts = [make_account().pk for _ in range(count)]
    with (
        transaction.atomic(),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        assert list(lock_standings(reversed(accounts))) == sorted(accounts)
    assert len(queries) == 1


def test_only_money_and_suspension_decide_how_orders_are_judged():
    assert Standing(5, False, 1).says_as(Standing(5, False, 2))
    assert not Standing(5, False, 1).says_as(Standing(6, False, 1))
    assert not Standing(5, False, 1).says_as(Standing(5, True, 1))
