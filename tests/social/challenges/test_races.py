"""Many at once, against a real worker: one acceptance, one trade, and sums that hold."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core.errors import Code, Problem
from exchange.ledger.models import Account
from exchange.trading.gateway import submit_lifecycle
from exchange.trading.models import Trade
from social.challenges.accepting import accept_challenge
from social.challenges.models import Challenge
from social.challenges.services import withdraw_challenge
from tests.factories import first_contract, make_market, make_member
from tests.running import worker_thread
from tests.social.challenges.scenes import assert_whole, make_challenge

pytestmark = pytest.mark.django_db(transaction=True)
MEMBERS = 8


@pytest.fixture
def contract(transactional_db):
    with worker_thread():
        market = make_market(status="draft")
        assert submit_lifecycle(user=None, market=market, action="open").reason == ""
        market.refresh_from_db()
        yield first_contract(market)
    assert_whole()


def at_once(*calls):
    """What each call came to, all begun at the same moment: "done" or the code it met."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait()
            call()
        except Problem as problem:
            return problem.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def accepting(user):
    return lambda: accept_challenge(
        challenge=Challenge.objects.select_related("challenger", "contract__market").get(),
        user=user,
    )


def test_of_many_who_accept_at_once_one_does(contract):
    alice = make_member("alice")
    make_challenge(alice, contract)
    others = [make_member() for _ in range(MEMBERS)]

    came_to = at_once(*(accepting(other) for other in others))

    assert sorted(came_to) == [Code.CHALLENGE_NOT_OPEN] * (MEMBERS - 1) + ["done"]
    trade, challenge = Trade.objects.get(), Challenge.objects.get()
    assert challenge.status == "accepted"
    assert trade.taker_account.owner == challenge.opponent == others[came_to.index("done")]


def test_one_who_accepts_many_times_at_once_trades_once(contract):
    alice, bob = make_member("alice"), make_member("bob")
    make_challenge(alice, contract, bob)
    came_to = at_once(*[accepting(bob)] * MEMBERS)
    assert sorted(came_to) == [Code.CHALLENGE_NOT_OPEN] * (MEMBERS - 1) + ["done"]
    assert Trade.objects.count() == 1


def test_withdrawn_and_accepted_at_once_is_one_of_them(contract):
    alice, bob = make_member("alice"), make_member("bob")
    make_challenge(alice, contract, bob)

    def withdraw():
        withdraw_challenge(challenge=Challenge.objects.get(), user=alice)

    came_to = at_once(withdraw, accepting(bob))

    assert sorted(came_to) == [Code.CHALLENGE_NOT_OPEN, "done"]
    status = "withdrawn" if came_to[0] == "done" else "accepted"
    assert Challenge.objects.get().status == status
    assert Trade.objects.count() == (status == "accepted")


def test_challenges_beyond_the_money_are_refused_one_by_one(contract):
    alice, poor = make_member("alice"), make_member("poor", balance_credits=12)
    made = [make_challenge(alice, contract, poor) for _ in range(4)]

    def accept(challenge):
        return lambda: accept_challenge(
            challenge=Challenge.objects.select_related("challenger", "contract__market").get(
                pk=challenge.pk
            ),
            user=poor,
        )

    came_to = at_once(*map(accept, made))

    # Each holds 5.50 of the 12: two fit.
    assert sorted(came_to) == ["done", "done", *[Code.INSUFFICIENT_FUNDS] * 2]
    account = Account.objects.get(owner=poor)
    assert (account.exposure_ticks, account.available_ticks) == (110_000, 10_000)
    assert Challenge.objects.filter(status="open").count() == 2
