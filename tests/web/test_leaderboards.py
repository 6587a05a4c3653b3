"""The pages of the leaderboards."""

import pytest

from social.leaderboards.models import LeaderboardBuild, Standing
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def build(db):
    return LeaderboardBuild.objects.create(period="week", starts_at_ms=0, as_of_ms=1)


def stand(build, member, **figures):
    return Standing.objects.create(build=build, member=member, **figures)


def page(client, path="/leaderboards/"):
    return client.get(path).content.decode()


@pytest.mark.parametrize("name", ["profit", "return", "brier", "volume"])
def test_empty_boards_say_so(client, name):
    assert "Not counted yet" in page(client, f"/leaderboards/{name}/")


def test_board_without_anybody_says_so(client, build):
    assert "Nobody has a place here yet" in page(client)


def test_places_are_shown_with_names_that_run_nothing(client, build):
    stand(build, make_user("winner", name="<script>x</script>"), profit_ticks=125_000)
    shown = page(client)
    assert "&lt;script&gt;x" in shown
    assert '<td class="num strong gain">+12.50</td>' in shown


def test_own_place_is_told_wherever_it_is(trader, member, build):
    for n in range(55):
        stand(build, make_user(), profit_ticks=10_000 + n)
    stand(build, member, profit_ticks=5)
    assert '<tbody class="own-place">' in page(trader)
    assert '<tbody class="own-place">' not in page(trader, "/leaderboards/profit/?from=50")
    assert "from=50" in page(trader)


def test_unknown_board_is_404_and_unknown_words_are_the_usual_ones(client, build):
    assert client.get("/leaderboards/wealth/").status_code == 404
    assert client.post("/leaderboards/").status_code == 405
    for query in ("period=day", "who=cats", "from=x", "from=99999", "followed=1"):
        assert client.get(f"/leaderboards/?{query}").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(
    trader, member, build, count, django_assert_num_queries
):
    for n in range(count):
        stand(build, make_user(), profit_ticks=n)
    with django_assert_num_queries(7):
        assert page(trader).count("place-member") == count
