"""Places: who is shown to whom, in which order, and that nothing tells of the others."""

import pytest

from accounts.models import Audience, Follow
from social.leaderboards.models import LeaderboardBuild, Standing
from social.leaderboards.selectors import Board, find_place, list_places, list_standings
from social.leaderboards.wording import format_value, plain_value
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def build():
    return LeaderboardBuild.objects.create(period="week", starts_at_ms=0, as_of_ms=1)


@pytest.fixture
def members(build):
    """anna to dora, each with less profit and a worse forecast than the one before."""
    made = []
    for number, handle in enumerate(("anna", "bert", "cleo", "dora")):
        member = make_user(handle)
        Standing.objects.create(
            build=build,
            member=member,
            profit_ticks=30_000 - 20_000 * number,
            return_basis_points=100 - number,
            brier_millionths=100_000 + number,
            volume=40 - number,
        )
        made.append(member)
    return made


def places(build, board=Board.PROFIT, viewer=None, **more):
    rows = list_standings(build, board, viewer=viewer, **{"who": "humans", **more})
    found = list_places(rows, board, viewer=viewer, offset=0, limit=50)
    return [(place.rank, place.standing.member.handle) for place in found]


@pytest.mark.parametrize("board", Board)
def test_best_comes_first(build, members, board):
    assert places(build, board) == [(1, "anna"), (2, "bert"), (3, "cleo"), (4, "dora")]


@pytest.mark.parametrize(
    ("board", "column"),
    [
        (Board.PROFIT, "profit_audience"),
        (Board.RETURN, "profit_audience"),
        (Board.BRIER, "profit_audience"),
        (Board.VOLUME, "trades_audience"),
    ],
)
def test_hidden_member_leaves_no_gap(build, members, board, column):
    setattr(members[1], column, Audience.NOBODY)
    members[1].save()
    assert places(build, board) == [(1, "anna"), (2, "cleo"), (3, "dora")]
    assert places(build, board, members[1])[1] == (2, "bert")
    rows = list_standings(build, board, viewer=members[1], who="humans")
    assert find_place(rows, board, viewer=members[1]).rank == 2


def test_followers_alone_see_who_shows_it_to_them(build, members):
    anna, bert = members[:2]
    anna.profit_audience = Audience.FOLLOWERS
    anna.save()
    assert (1, "anna") not in places(build, viewer=bert)
    Follow.objects.create(follower=bert, followed=anna)
    assert (1, "anna") in places(build, viewer=bert)


def test_followed_are_those_and_oneself(build, members):
    Follow.objects.create(follower=members[3], followed=members[1])
    assert places(build, viewer=members[3], only_followed=True) == [(1, "bert"), (2, "dora")]
    assert places(build, only_followed=True) == []


def test_bots_and_closed_accounts_are_apart(build, members):
    members[0].is_bot = True
    members[0].save()
    members[1].is_active = False
    members[1].save()
    assert places(build) == [(1, "cleo"), (2, "dora")]
    assert places(build, who="bots") == [(1, "anna")]


def test_equals_are_in_a_fixed_order_and_each_has_a_place(build, members):
    Standing.objects.update(profit_ticks=7)
    assert [rank for rank, _ in places(build)] == [1, 2, 3, 4]
    rows = list_standings(build, Board.PROFIT, viewer=members[2], who="humans")
    assert find_place(rows, Board.PROFIT, viewer=members[2]).rank == 3


def test_viewer_without_a_figure_has_no_place(build, members):
    Standing.objects.filter(member=members[0]).update(brier_millionths=None)
    rows = list_standings(build, Board.BRIER, viewer=members[0], who="humans")
    assert find_place(rows, Board.BRIER, viewer=members[0]) is None
    assert find_place(rows, Board.BRIER, viewer=None) is None


@pytest.mark.parametrize(
    ("board", "value", "shown", "plain"),
    [
        (Board.PROFIT, 125_000, "+12.50", "12.5000"),
        (Board.RETURN, 340, "+3.40%", "0.0340"),
        (Board.RETURN, -5, "\N{MINUS SIGN}0.05%", "-0.0005"),
        (Board.RETURN, 0, "0.00%", "0.0000"),
        (Board.BRIER, 183_200, "0.183200", "0.183200"),
        (Board.VOLUME, 1_200, "1,200", "1200"),
    ],
)
def test_figures_in_words(board, value, shown, plain):
    assert format_value(board, value) == shown
    assert plain_value(board, value) == plain
