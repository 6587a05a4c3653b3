"""/api/v1/leaderboards/{name}/"""

import pytest

from accounts.models import Audience
from social.leaderboards.models import LeaderboardBuild, Standing
from tests.api.conftest import problem
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def standings(db):
    build = LeaderboardBuild.objects.create(
        period="week", starts_at_ms=0, as_of_ms=1_700_000_000_000
    )
    return [
        Standing.objects.create(build=build, member=make_user(f"m{n}"), profit_ticks=10_000 - n)
        for n in range(3)
    ]


def test_places_as_of_when_they_were_counted(anonymous, standings):
    body = anonymous.get("leaderboards/profit/?limit=2").json()
    assert body == {
        "name": "profit",
        "period": "week",
        "as_of": "2023-11-14T22:13:20Z",
        "you": None,
        "results": [
            {"rank": 1, "member": "m0", "value": "1.0000"},
            {"rank": 2, "member": "m1", "value": "0.9999"},
        ],
        "next": "2",
    }
    rest = anonymous.get(f"leaderboards/profit/?limit=2&cursor={body['next']}").json()
    assert rest["results"] == [{"rank": 3, "member": "m2", "value": "0.9998"}]
    assert rest["next"] is None


def test_hidden_member_is_not_there_for_others_but_for_themselves(as_user, anonymous, standings):
    hidden = standings[0].member
    hidden.profit_audience = Audience.NOBODY
    hidden.save()
    assert [row["member"] for row in anonymous.get("leaderboards/profit/").json()["results"]] == [
        "m1",
        "m2",
    ]
    own = as_user(hidden).get("leaderboards/profit/").json()
    assert own["you"] == {"rank": 1, "member": "m0", "value": "1.0000"}


@pytest.mark.parametrize("name", ["profit", "return", "brier", "volume"])
def test_before_the_first_building_there_is_nothing(anonymous, name):
    body = anonymous.get(f"leaderboards/{name}/").json()
    assert (body["as_of"], body["results"], body["next"]) == (None, [], None)


def test_wrong_method_is_405(alice):
    assert problem(alice.post("leaderboards/profit/", {})) == (405, "method_not_allowed")


def test_followed_needs_a_login(anonymous, alice, standings):
    path = "leaderboards/profit/?followed=true"
    assert problem(anonymous.get(path)) == (401, "not_authenticated")
    assert alice.get(path).json()["results"] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("leaderboards/wealth/", (404, "not_found")),
        ("leaderboards/profit/?period=day", (400, "invalid")),
        ("leaderboards/profit/?who=cats", (400, "invalid")),
        ("leaderboards/profit/?limit=0", (400, "invalid")),
        ("leaderboards/profit/?cursor=x", (400, "invalid")),
        ("leaderboards/profit/?followed=maybe", (400, "invalid")),
    ],
)
def test_bad_queries(anonymous, path, expected):
    assert problem(anonymous.get(path)) == expected


@pytest.mark.parametrize("count", [1, 3])
def test_leaderboard_costs_the_same_however_long(
    as_user, standings, count, django_assert_num_queries
):
    Standing.objects.filter(pk__in=[row.pk for row in standings[count:]]).delete()
    client = as_user(standings[0].member)
    with django_assert_num_queries(6):
        assert len(client.get("leaderboards/profit/").json()["results"]) == count
