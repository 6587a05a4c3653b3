"""The one policy of who may see what of a member."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Audience, Follow, User
from accounts.visibility import Kind, may_see, seen_by, seen_kinds
from tests.factories import make_user

pytestmark = pytest.mark.django_db

VISIBLE = {
    "public": {"owner", "follower", "stranger", "anonymous", "followed"},
    "followers": {"owner", "follower"},
    "nobody": {"owner"},
}


@pytest.fixture
def viewers():
    owner, follower, followed = make_user("owner"), make_user("follower"), make_user("followed")
    Follow.objects.create(follower=follower, followed=owner)
    Follow.objects.create(follower=owner, followed=followed)
    stranger = make_user("stranger")
    return {
        "owner": owner,
        "follower": follower,
        "followed": followed,
        "stranger": stranger,
        "anonymous": AnonymousUser(),
    }


@pytest.mark.parametrize("audience", Audience.values)
@pytest.mark.parametrize("kind", list(Kind))
def test_visibility_is_the_same_for_one_and_in_a_query(viewers, kind, audience):
    owner = viewers["owner"]
    setattr(owner, f"{kind.value}_audience", audience)
    owner.save()
    seeing = {name for name, viewer in viewers.items() if may_see(viewer, owner, kind)}
    listed = {
        name
        for name, viewer in viewers.items()
        if owner in User.objects.filter(seen_by(viewer, kind))
    }
    together = {name for name, viewer in viewers.items() if kind in seen_kinds(viewer, owner)}
    assert (seeing, listed, together) == (VISIBLE[audience],) * 3


def test_kinds_together_take_one_query_at_most(viewers, django_assert_num_queries):
    owner = viewers["owner"]
    owner.trades_audience = owner.profit_audience = "followers"
    with django_assert_num_queries(1):
        seen = seen_kinds(viewers["stranger"], owner)
    assert seen == {Kind.POSITIONS, Kind.FOLLOWS}
    with django_assert_num_queries(0):
        seen_kinds(owner, owner)
        seen_kinds(AnonymousUser(), owner)


def test_seen_by_follows_a_path_to_the_owner(viewers):
    User.objects.filter(pk=viewers["owner"].pk).update(follows_audience="followers")
    condition = seen_by(viewers["follower"], Kind.FOLLOWS, "follower")
    assert Follow.objects.filter(condition).count() == 2
    hidden = seen_by(viewers["stranger"], Kind.FOLLOWS, "follower")
    assert [row.follower.handle for row in Follow.objects.filter(hidden)] == ["follower"]


@pytest.mark.parametrize("viewer", [None, AnonymousUser()])
def test_nobody_sees_only_what_is_public(viewers, viewer):
    User.objects.filter(pk=viewers["owner"].pk).update(profit_audience="nobody")
    shown = User.objects.filter(seen_by(viewer, Kind.PROFIT)).values_list("handle", flat=True)
    assert sorted(shown) == ["followed", "follower", "stranger"]
