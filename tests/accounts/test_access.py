"""Whose an object is: everybody who may ask, for each of the policy's questions."""

from types import SimpleNamespace

import pytest

from accounts import access
from accounts.models import User

ANN, BOB, EVE, NOBODY = 1, 2, 3, None


def challenge(opponent_id=BOB, *, is_by_link=False):
    return SimpleNamespace(challenger_id=ANN, opponent_id=opponent_id, is_by_link=is_by_link)


@pytest.mark.parametrize(
    ("viewer", "owner", "is_own"),
    [(ANN, ANN, True), (ANN, BOB, False), (NOBODY, ANN, False), (NOBODY, None, False)],
)
def test_own_is_what_the_viewer_owns(viewer, owner, is_own):
    assert access.is_own(viewer, owner) is is_own


# offered by name, by link, and by link once Bob has accepted: who of Ann, Bob, Eve, nobody may
@pytest.mark.parametrize(
    ("offer", "see", "accept", "decline"),
    [
        (challenge(), {ANN, BOB}, {BOB}, {BOB}),
        (challenge(None, is_by_link=True), {ANN, BOB, EVE, NOBODY}, {BOB, EVE}, set()),
        (challenge(BOB, is_by_link=True), {ANN, BOB}, {BOB, EVE}, set()),
    ],
)
def test_challenge_is_for_whom_it_was_offered_to(offer, see, accept, decline):
    members = (ANN, BOB, EVE)
    assert {one for one in (*members, NOBODY) if access.may_see_challenge(one, offer)} == see
    assert {one for one in members if access.may_accept_challenge(one, offer)} == accept
    assert {one for one in members if access.may_decline_challenge(one, offer)} == decline


@pytest.mark.parametrize(
    ("is_staff", "is_active", "reads_books", "may_leave"),
    [(False, True, False, True), (True, True, True, False), (True, False, False, False)],
)
def test_staff_read_books_and_do_not_leave_by_themselves(
    is_staff, is_active, reads_books, may_leave
):
    user = User(is_staff=is_staff, is_active=is_active)
    assert (access.may_read_books(user), access.may_leave(user)) == (reads_books, may_leave)
