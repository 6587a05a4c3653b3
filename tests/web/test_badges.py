"""The pages of badges, and the same by the API."""

import pytest

from accounts.models import Audience
from social.badges.models import Badge
from social.badges.rules import RULES

pytestmark = pytest.mark.django_db


def page(client, path):
    return client.get(path).content.decode()


def test_every_badge_is_explained_and_counted(client, trader, member):
    Badge.objects.create(member=member, name="voice")
    shown = page(client, "/badges/")
    assert all(rule.meaning in shown for rule in RULES)
    assert "1 member<" in shown
    assert "<strong>yours</strong>" in page(trader, "/badges/")
    assert "<strong>yours</strong>" not in shown
    assert client.post("/badges/").status_code == 405


def test_member_page_shows_badges_but_what_is_hidden(client, member):
    assert "No badges to show" in page(client, "/members/alice/badges/")
    for name in ("first-win", "voice"):
        Badge.objects.create(member=member, name=name)
    assert "Won in a settled market" in page(client, "/members/alice/badges/")
    member.profit_audience = Audience.NOBODY
    member.save()
    shown = page(client, "/members/alice/badges/")
    assert "Won in a settled market" not in shown
    assert "Wrote a first comment" in shown
    names = [row["name"] for row in client.get("/api/v1/members/alice/badges/").json()]
    assert names == ["voice"]


def test_api_lists_every_badge(client, member):
    Badge.objects.create(member=member, name="voice")
    rows = client.get("/api/v1/badges/").json()
    assert [row["name"] for row in rows] == [rule.name for rule in RULES]
    assert next(row["count"] for row in rows if row["name"] == "voice") == 1
    assert client.get("/api/v1/members/nobody/badges/").status_code == 404
    assert client.post("/api/v1/badges/").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_badges_take_a_fixed_number_of_queries(client, member, count, django_assert_num_queries):
    for rule in RULES[:count]:
        Badge.objects.create(member=member, name=rule.name)
    with django_assert_num_queries(1):
        page(client, "/badges/")
