"""Every transition of a challenge: each that is allowed happens, every other is refused."""

from itertools import product

import pytest

from social.challenges.models import Challenge, ChallengeStatus
from social.challenges.states import TRANSITIONS, move
from tests.social.challenges.scenes import make_challenge

S = ChallengeStatus
ALLOWED = {
    (S.OPEN, S.ACCEPTING),
    (S.OPEN, S.DECLINED),
    (S.OPEN, S.WITHDRAWN),
    (S.OPEN, S.EXPIRED),
    (S.ACCEPTING, S.ACCEPTED),
    (S.ACCEPTING, S.OPEN),
    (S.ACCEPTING, S.EXPIRED),
}


@pytest.fixture
def challenge(alice, bob, contract):
    return make_challenge(alice, contract, bob)


def test_table_is_what_is_written_here():
    assert {(was, to) for was, all_to in TRANSITIONS.items() for to in all_to} == ALLOWED
    assert TRANSITIONS.keys() == set(S)


@pytest.mark.parametrize(("was", "becomes"), sorted(ALLOWED))
def test_allowed_transition_happens_once(challenge, was, becomes):
    Challenge.objects.update(status=was, command_id=1)
    assert move(challenge.pk, was, becomes)
    assert Challenge.objects.get().status == becomes
    assert not move(challenge.pk, was, becomes)


@pytest.mark.parametrize(("was", "becomes"), sorted(set(product(S, S)) - ALLOWED))
def test_every_other_transition_is_refused(challenge, was, becomes):
    Challenge.objects.update(status=was, command_id=1)
    with pytest.raises(AssertionError, match="never becomes"):
        move(challenge.pk, was, becomes)
    assert Challenge.objects.get().status == was


def test_challenge_that_has_moved_on_is_not_moved(challenge):
    Challenge.objects.update(status=S.DECLINED)
    assert not move(challenge.pk, S.OPEN, S.WITHDRAWN)
    assert Challenge.objects.get().status == S.DECLINED
