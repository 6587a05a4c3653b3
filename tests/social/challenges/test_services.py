"""Offering, declining, withdrawing, expiring."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from core.errors import Code, Problem
from exchange.markets.models import Market
from exchange.trading.models import InboxCommand
from social.activities.models import Activity
from social.challenges import services
from social.challenges.models import Challenge, ChallengeStatus
from social.challenges.results import tell_results
from social.challenges.services import (
    decline_challenge,
    expire_challenges,
    expire_in_markets,
    withdraw_challenge,
)
from social.tasks import expire_challenges as expire_challenges_task
from tests.social.challenges.scenes import make_challenge

OFFERED = {"side": "buy", "price_ticks": 4_500, "quantity": 10}


def refused(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_offer_to_a_member_tells_them_and_holds_nothing(alice, bob, contract, notices):
    challenge = make_challenge(alice, contract, bob, message="  Sure of it? ")

    assert (challenge.status, challenge.message) == (ChallengeStatus.OPEN, "Sure of it?")
    alice.account.refresh_from_db()
    assert alice.account.exposure_ticks == 0
    assert not InboxCommand.objects.exists()
    [notice] = notices
    assert (notice.user_id, notice.actor_id, notice.kind) == (bob.pk, alice.pk, "challenge")
    assert notice.data["what"] == "offered"
    assert notice.url == challenge.get_absolute_url()
    activity = Activity.objects.get(verb="challenged")
    assert (activity.actor, activity.target_user, activity.kind) == (alice, bob, "trades")
    assert activity.data == {"market": contract.market_id, "contract": contract.pk, **OFFERED}


def test_offer_by_link_is_told_to_nobody(alice, contract, notices):
    challenge = make_challenge(alice, contract)
    assert challenge.is_by_link
    assert notices == []
    assert not Activity.objects.filter(verb="challenged").exists()


def test_tokens_are_long_and_differ(alice, contract):
    tokens = {make_challenge(alice, contract).token for _ in range(5)}
    assert len(tokens) == 5
    assert min(map(len, tokens)) >= 22


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price_ticks": 0}, Code.INVALID_PRICE),
        ({"price_ticks": 10_000}, Code.INVALID_PRICE),
        ({"price_ticks": 4_510}, Code.PRICE_OFF_TICK),
        ({"quantity": 0}, Code.INVALID_QUANTITY),
        ({"deadline_at": now() - timedelta(seconds=1)}, Code.INVALID_DEADLINE),
        ({"deadline_at": now() + timedelta(days=31)}, Code.INVALID_DEADLINE),
    ],
)
def test_offer_that_cannot_be_right_is_refused(alice, bob, contract, changes, code):
    assert refused(make_challenge, alice, contract, bob, **changes) == code
    assert not Challenge.objects.exists()


def test_offer_to_oneself_is_refused(alice, contract):
    assert refused(make_challenge, alice, contract, alice) == Code.OWN_CHALLENGE


def test_offer_to_a_closed_account_is_refused(alice, bob, contract):
    bob.is_active = False
    assert refused(make_challenge, alice, contract, bob) == Code.NOT_FOUND


@pytest.mark.parametrize("status", ["draft", "halted", "closed", "settled", "voided"])
def test_offer_in_a_market_that_is_not_open_is_refused(alice, bob, contract, status):
    contract.market.status = status
    code = refused(make_challenge, alice, contract, bob)
    assert code == ("market_not_open" if status == "draft" else f"market_{status}")


def test_offer_beyond_the_market_s_end_is_refused(alice, bob, contract):
    contract.market.closes_at = now() + timedelta(hours=1)
    assert refused(make_challenge, alice, contract, bob) == Code.INVALID_DEADLINE


def test_offers_are_limited(alice, bob, contract, monkeypatch):
    monkeypatch.setattr(services, "OPEN_CHALLENGES_MAX", 2)
    first = make_challenge(alice, contract, bob)
    make_challenge(alice, contract)
    assert refused(make_challenge, alice, contract) == Code.TOO_MANY_CHALLENGES
    withdraw_challenge(challenge=first, user=alice)
    assert make_challenge(alice, contract)


def test_offers_of_a_day_are_limited_whatever_becomes_of_them(
    alice, bob, contract, notices, monkeypatch
):
    monkeypatch.setattr(services, "DAILY_CHALLENGES_MAX", 3)
    for _ in range(3):
        withdraw_challenge(challenge=make_challenge(alice, contract, bob), user=alice)

    with pytest.raises(Problem) as caught:
        make_challenge(alice, contract, bob)

    assert caught.value.code == Code.TOO_MANY_CHALLENGES
    assert "3 within a day" in caught.value.detail
    assert 86_000 < caught.value.retry_after_s <= 86_400
    assert len(notices) == 6
    assert make_challenge(bob, contract, alice)
    yesterday = now() - timedelta(days=1)
    Challenge.objects.filter(pk=Challenge.objects.earliest("pk").pk).update(created_at=yesterday)
    assert make_challenge(alice, contract, bob)


def test_withdrawn_challenge_is_no_activity(alice, bob, contract):
    kept = make_challenge(alice, contract, bob)
    withdraw_challenge(challenge=make_challenge(alice, contract, bob), user=alice)
    assert Activity.objects.get(verb="challenged").target_id == kept.pk


def test_decline_ends_it_and_tells_the_challenger(alice, bob, contract, notices):
    challenge = make_challenge(alice, contract, bob)
    decline_challenge(challenge=challenge, user=bob)
    assert challenge.status == ChallengeStatus.DECLINED
    assert challenge.decided_at is not None
    assert (notices[-1].user_id, notices[-1].data["what"]) == (alice.pk, "declined")


def test_withdraw_ends_it_and_tells_the_opponent(alice, bob, contract, notices):
    challenge = make_challenge(alice, contract, bob)
    withdraw_challenge(challenge=challenge, user=alice)
    assert challenge.status == ChallengeStatus.WITHDRAWN
    assert (notices[-1].user_id, notices[-1].data["what"]) == (bob.pk, "withdrawn")


def test_withdraw_of_one_by_link_tells_nobody(alice, contract, notices):
    withdraw_challenge(challenge=make_challenge(alice, contract), user=alice)
    assert notices == []


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_only_the_opponent_declines(alice, bob, charlie, contract, who):
    challenge = make_challenge(alice, contract, bob)
    user = {"alice": alice, "charlie": charlie}[who]
    assert refused(decline_challenge, challenge=challenge, user=user) == Code.PERMISSION_DENIED


def test_one_by_link_is_declined_by_nobody(alice, bob, contract):
    challenge = make_challenge(alice, contract)
    assert refused(decline_challenge, challenge=challenge, user=bob) == Code.PERMISSION_DENIED


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_only_the_challenger_withdraws(alice, bob, charlie, contract, who):
    challenge = make_challenge(alice, contract, bob)
    user = {"bob": bob, "charlie": charlie}[who]
    assert refused(withdraw_challenge, challenge=challenge, user=user) == Code.PERMISSION_DENIED


@pytest.mark.parametrize("status", ["accepting", "accepted", "declined", "withdrawn"])
def test_what_is_not_open_is_neither_declined_nor_withdrawn(alice, bob, contract, status):
    challenge = make_challenge(alice, contract, bob)
    Challenge.objects.update(status=status, command_id=1)
    challenge.refresh_from_db()
    for call, user in ((decline_challenge, bob), (withdraw_challenge, alice)):
        assert refused(call, challenge=challenge, user=user) == Code.CHALLENGE_NOT_OPEN


def test_old_copy_of_a_challenge_does_not_move_it(alice, bob, contract):
    old = make_challenge(alice, contract, bob)
    withdraw_challenge(challenge=Challenge.objects.get(), user=alice)
    assert refused(decline_challenge, challenge=old, user=bob) == Code.CHALLENGE_NOT_OPEN


def test_late_is_late_although_nobody_wrote_it_down(alice, bob, contract):
    challenge = make_challenge(alice, contract, bob, late=True)
    assert (challenge.status, challenge.shown_status) == ("open", "expired")
    assert refused(decline_challenge, challenge=challenge, user=bob) == Code.CHALLENGE_EXPIRED
    assert refused(withdraw_challenge, challenge=challenge, user=alice) == Code.CHALLENGE_EXPIRED


def test_expiry_is_written_down_once_and_told(alice, bob, contract, notices):
    late = make_challenge(alice, contract, bob, late=True)
    make_challenge(alice, contract, bob)
    assert expire_challenges() == 1
    assert expire_challenges() == 0
    expire_challenges_task()
    assert dict(Challenge.objects.values_list("pk", "status"))[late.pk] == "expired"
    told = [(one.user_id, one.data["what"]) for one in notices if one.data["what"] == "expired"]
    assert told == [(alice.pk, "expired")]


@pytest.mark.parametrize("how", ["late", "market_over"])
def test_expiry_asks_one_question_more_for_each(alice, bob, contract, how):
    counts = []
    for number in (1, 4):
        for _ in range(number):
            make_challenge(alice, contract, bob, late=how == "late")
        with CaptureQueriesContext(connection) as queries:
            if how == "late":
                assert expire_challenges() == number
            else:
                assert expire_in_markets([contract.market_id]) == number
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 3  # the move of each, nothing else


def test_results_take_the_same_queries_however_many(alice, bob, contract, notices):
    counts = []
    for number in (1, 4):
        Challenge.objects.all().delete()
        for _ in range(number):
            made = make_challenge(alice, contract, bob)
            Challenge.objects.filter(pk=made.pk).update(status="accepted", command_id=made.pk)
        Market.objects.update(status="settled", winner=contract)
        notices.clear()
        with CaptureQueriesContext(connection) as queries:
            tell_results(contract.market_id)
        Market.objects.update(status="open", winner=None)
        assert [one.data["what"] for one in notices] == ["won", "lost"] * number
        counts.append(len(queries))
    assert counts[1] <= counts[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity": 0},
        {"price_ticks": 0},
        {"price_ticks": 10_000},
        {"status": "accepted"},
        {"opponent": None},
    ],
)
def test_database_refuses_what_cannot_be(alice, bob, contract, fields):
    make_challenge(alice, contract, bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        Challenge.objects.update(**fields)


def test_database_refuses_a_challenge_to_oneself(alice, bob, contract):
    make_challenge(alice, contract, bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        Challenge.objects.update(opponent=alice)
    assert Market.objects.exists()
