"""Accepting through the real books: whose money, which code, and that nothing is lost."""

import pytest

from core.errors import Code, Problem
from exchange.markets.models import Market
from exchange.trading.models import Position, Trade
from social.activities.models import Activity
from social.challenges import accepting
from social.challenges.accepting import accept_challenge, finish
from social.challenges.following import follow_journal
from social.challenges.models import Challenge
from social.challenges.results import gain_of, get_record
from social.challenges.services import withdraw_challenge
from social.tasks import follow_journal_for_challenges
from tests.factories import make_member, make_user
from tests.notifications.scenes import lifecycle, place
from tests.social.challenges.scenes import assert_whole, make_challenge


@pytest.fixture(autouse=True)
def _exchange_is_whole(books):
    yield
    assert_whole()


def refused(challenge, user):
    with pytest.raises(Problem) as caught:
        accept_challenge(challenge=challenge, user=user)
    return caught.value


def held():
    return set(Position.objects.values_list("account__owner__handle", "quantity", "cash_ticks"))


def test_accepting_trades_and_tells_the_challenger(alice, bob, contract, notices):
    challenge = make_challenge(alice, contract, bob)

    accepted = accept_challenge(challenge=challenge, user=bob)

    assert accepted.status == "accepted"
    assert held() == {("alice", 10, -45_000), ("bob", -10, 45_000)}
    assert Trade.objects.get().kind == "cross"
    assert (notices[-1].user_id, notices[-1].data["what"]) == (alice.pk, "accepted")
    activity = Activity.objects.get(verb="accepted")
    assert (activity.actor, activity.target_user) == (bob, alice)


def test_challenger_who_sells_is_the_seller(alice, bob, contract):
    accept_challenge(challenge=make_challenge(alice, contract, bob, side="sell"), user=bob)
    assert held() == {("bob", 10, -45_000), ("alice", -10, 45_000)}


def test_link_is_accepted_by_whoever_has_it(alice, bob, contract):
    accepted = accept_challenge(challenge=make_challenge(alice, contract), user=bob)
    assert (accepted.status, accepted.opponent) == ("accepted", bob)


def test_accepting_twice_is_refused(alice, bob, charlie, contract):
    challenge = make_challenge(alice, contract)
    accept_challenge(challenge=Challenge.objects.get(), user=bob)
    assert refused(challenge, charlie).code == Code.CHALLENGE_NOT_OPEN
    assert Challenge.objects.get().opponent == bob
    assert Trade.objects.count() == 1


def test_accepting_ones_own_is_refused(alice, bob, contract):
    for opponent in (None, bob):
        assert refused(make_challenge(alice, contract, opponent), alice).code == Code.OWN_CHALLENGE


def test_accepting_what_was_offered_to_another_is_refused(alice, bob, charlie, contract):
    challenge = make_challenge(alice, contract, bob)
    assert refused(challenge, charlie).code == Code.PERMISSION_DENIED


def test_accepting_late_is_refused_without_celery(alice, bob, contract):
    challenge = make_challenge(alice, contract, bob, late=True)
    assert refused(challenge, bob).code == Code.CHALLENGE_EXPIRED
    assert not Trade.objects.exists()


def test_acceptance_that_reaches_the_book_late_expires(alice, bob, contract, monkeypatch):
    challenge = make_challenge(alice, contract, bob, late=True)
    monkeypatch.setattr(accepting, "check_open", lambda _: None)
    assert refused(challenge, bob).code == Code.CHALLENGE_EXPIRED
    assert Challenge.objects.get().status == "expired"
    assert not Trade.objects.exists()


def test_without_money_of_the_acceptor_it_stays_open(alice, contract):
    poor = make_member("poor", balance_credits=1)
    challenge = make_challenge(alice, contract)
    problem = refused(challenge, poor)
    assert (problem.code, problem.status) == (Code.INSUFFICIENT_FUNDS, 409)
    assert problem.data["party"] == "you"
    challenge = Challenge.objects.get()
    assert (challenge.status, challenge.opponent, challenge.command_id) == ("open", None, None)


def test_without_money_of_the_challenger_it_stays_open_for_the_opponent(bob, contract):
    poor = make_member("poor", balance_credits=1)
    challenge = make_challenge(poor, contract, bob)
    assert refused(challenge, bob).data["party"] == "other"
    challenge = Challenge.objects.get()
    assert (challenge.status, challenge.opponent) == ("open", bob)


def test_after_a_refusal_another_may_accept(alice, bob, contract):
    poor = make_member("poor", balance_credits=1)
    challenge = make_challenge(alice, contract)
    refused(challenge, poor)
    assert accept_challenge(challenge=Challenge.objects.get(), user=bob).opponent == bob


def test_money_in_open_orders_is_not_there(alice, bob, contract):
    place(bob, contract.market, "sell", 1_000, 110)
    assert refused(make_challenge(alice, contract, bob), bob).code == Code.INSUFFICIENT_FUNDS


@pytest.mark.parametrize(
    ("action", "code", "status"),
    [
        ("halt", Code.MARKET_HALTED, "open"),
        ("close", Code.MARKET_CLOSED, "expired"),
        ("void", Code.MARKET_VOIDED, "expired"),
    ],
)
def test_accepting_in_a_market_that_is_not_open(alice, bob, contract, action, code, status):
    challenge = make_challenge(alice, contract, bob)
    lifecycle(contract.market, action)
    problem = refused(challenge, bob)
    assert (problem.code, problem.status) == (code, 409)
    assert Challenge.objects.get().status == status


def test_accepting_without_a_confirmed_address_is_refused(alice, contract):
    unconfirmed = make_user("dora", confirmed=False)
    problem = refused(make_challenge(alice, contract), unconfirmed)
    assert problem.code == Code.EMAIL_NOT_CONFIRMED


def test_withdrawn_meanwhile_is_not_accepted(alice, bob, contract):
    challenge = make_challenge(alice, contract, bob)
    withdraw_challenge(challenge=Challenge.objects.get(), user=alice)
    assert refused(challenge, bob).code == Code.CHALLENGE_NOT_OPEN
    assert not Trade.objects.exists()


def test_answer_that_comes_later_is_written_by_the_subscriber(
    alice, bob, contract, books, settings, notices
):
    settings.REPLY_TIMEOUT_S = 0
    books.unlisten()
    challenge = accept_challenge(challenge=make_challenge(alice, contract, bob), user=bob)
    assert challenge.status == "accepting"
    books.pump()
    assert Challenge.objects.get().status == "accepting"
    follow_journal_for_challenges()
    assert Challenge.objects.get().status == "accepted"
    assert [one.data["what"] for one in notices] == ["offered", "accepted"]
    books.unlisten = lambda: None


def test_answer_is_written_once_whoever_hears_it(alice, bob, contract, notices):
    challenge = accept_challenge(challenge=make_challenge(alice, contract, bob), user=bob)
    follow_journal()
    finish(command_id=challenge.command_id, reason="")
    assert [one.data["what"] for one in notices] == ["offered", "accepted"]
    assert Activity.objects.filter(verb="accepted").count() == 1


def test_end_of_a_market_expires_what_is_open(alice, bob, contract, notices):
    make_challenge(alice, contract, bob)
    lifecycle(contract.market, "close")
    follow_journal()
    assert Challenge.objects.get().status == "expired"
    assert notices[-1].data["what"] == "expired"


@pytest.mark.parametrize(("yes_wins", "gain"), [(True, 55_000), (False, -45_000)])
def test_result_is_told_and_counted(alice, bob, contract, notices, yes_wins, gain):
    accept_challenge(challenge=make_challenge(alice, contract, bob), user=bob)
    accept_challenge(challenge=make_challenge(bob, contract, alice, side="sell"), user=alice)
    lifecycle(contract.market, "settle", contract if yes_wins else None)
    follow_journal()

    challenge = Challenge.objects.select_related("market").first()
    assert (gain_of(challenge, alice.pk), gain_of(challenge, bob.pk)) == (gain, -gain)
    won = 2 if yes_wins else 0
    record = get_record(alice, against=bob)
    assert (record.won, record.lost, record.gain_ticks) == (won, 2 - won, 2 * gain)
    assert get_record(bob).gain_ticks == -2 * gain
    results = {(one.user_id, one.data["what"]) for one in notices[-4:]}
    assert results == {
        (alice.pk, "won" if yes_wins else "lost"),
        (bob.pk, "lost" if yes_wins else "won"),
    }


def test_void_has_no_result(alice, bob, contract):
    accept_challenge(challenge=make_challenge(alice, contract, bob), user=bob)
    lifecycle(contract.market, "void")
    follow_journal()
    challenge = Challenge.objects.select_related("market").get()
    assert gain_of(challenge, alice.pk) is None
    assert get_record(alice).is_empty
    assert Market.objects.get().status == "voided"
