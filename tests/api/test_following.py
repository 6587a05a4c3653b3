"""PUT and DELETE members/{handle}/follow/ and markets/{slug}/follow/."""

import pytest

from accounts.models import Follow
from social.following.models import MarketFollow
from tests.api.conftest import Api, problem
from tests.factories import make_market, make_user

pytestmark = pytest.mark.django_db
PATHS = ("members/bob/follow/", "markets/rain/follow/")


@pytest.fixture(autouse=True)
def followable(db):
    make_user("bob")
    make_market(title="Rain")


def put(client, path, body=None):
    return client.http.put(f"/api/v1/{path}", body or {}, content_type="application/json")


@pytest.mark.parametrize("path", PATHS)
def test_follow_and_unfollow(alice, charlie, path):
    put(charlie, path)

    assert put(alice, path).json() == {"is_following": True, "follower_count": 2}
    assert put(alice, path).json() == {"is_following": True, "follower_count": 2}
    assert alice.delete(path).json() == {"is_following": False, "follower_count": 1}
    assert alice.delete(path).json() == {"is_following": False, "follower_count": 1}
    assert Follow.objects.count() + MarketFollow.objects.count() == 1


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "post", "patch"])
def test_follow_by_another_method_is_405(alice, path, method):
    answer = getattr(alice, method)(path, **({} if method == "get" else {"body": {}}))
    assert problem(answer) == (405, "method_not_allowed")


@pytest.mark.parametrize("path", PATHS)
def test_follow_by_a_stranger_is_refused(anonymous, path):
    assert problem(put(anonymous, path)) == (401, "not_authenticated")
    assert problem(anonymous.delete(path)) == (401, "not_authenticated")


@pytest.mark.parametrize("path", PATHS)
def test_follow_without_a_confirmed_address_is_refused(path):
    dora = Api(make_user("dora", confirmed=False))
    assert problem(put(dora, path)) == (403, "email_not_confirmed")


@pytest.mark.parametrize("path", PATHS)
def test_follow_without_the_token_is_refused(alice, path):
    client = Api(alice.user, csrf=True)
    assert problem(put(client, path)) == (403, "csrf_failed")
    assert problem(client.delete(path)) == (403, "csrf_failed")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("members/nobody/follow/", 404, "not_found"),
        ("members/alice/follow/", 409, "cannot_follow_yourself"),
        ("markets/nothing/follow/", 404, "unknown_market"),
        ("markets/draft/follow/", 404, "unknown_market"),
    ],
)
def test_follow_of_what_cannot_be_followed(alice, path, status, code):
    make_market(title="Draft", status="draft")
    assert problem(put(alice, path)) == (status, code)
