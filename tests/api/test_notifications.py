"""A member's notifications over REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.notices import Notice, give_notices
from notifications.kinds import Concern
from notifications.models import MailSwitch, Notification, Preference
from tests.api.conftest import problem
from tests.factories import make_user

pytestmark = pytest.mark.django_db
GET_PATHS = ["notifications/", "notifications/unread/", "notifications/settings/"]


def give(user, number=1, **fields):
    notice = Notice(
        user_id=user.pk, kind="mentioned", key=f"mention:{number}", url="/markets/rain/", **fields
    )
    give_notices([notice])


def test_list_is_newest_first_in_words(alice):
    bob = make_user("bob")
    give(alice.user, 1)
    give(alice.user, 2, actor_id=bob.pk, data={"about": "Rain?", "excerpt": "Hello"})
    body = alice.get("notifications/").json()
    assert body["next"] is None
    first, second = body["results"]
    assert first == {
        "id": first["id"],
        "kind": "mentioned",
        "title": "bob mentioned you",
        "about": "Rain?",
        "detail": "Hello",
        "url": "/markets/rain/",
        "actor": "bob",
        "created_at": first["created_at"],
        "read_at": None,
    }
    assert (second["title"], second["actor"]) == ("Somebody mentioned you", None)


def test_list_has_pages_and_can_be_of_the_unread_alone(alice):
    for number in range(3):
        give(alice.user, number)
    page = alice.get("notifications/?limit=2").json()
    rest = alice.get(f"notifications/?limit=2&cursor={page['next']}").json()
    ids = [row["id"] for row in (*page["results"], *rest["results"])]
    assert ids == sorted(ids, key=int, reverse=True)
    assert len(ids) == 3
    alice.post("notifications/read/", {"ids": ids[:1]})
    unread = alice.get("notifications/?unread=true").json()["results"]
    assert [row["id"] for row in unread] == ids[1:]


def test_list_is_ones_own(alice, as_user):
    give(alice.user)
    charlie = as_user(make_user("charlie"))
    assert charlie.get("notifications/").json()["results"] == []
    assert charlie.get("notifications/unread/").json() == {"unread": 0}
    [row] = Notification.objects.all()
    assert charlie.post("notifications/read/", {"ids": [str(row.pk)]}).json() == {"unread": 0}
    row.refresh_from_db()
    assert row.read_at is None


def test_list_takes_the_same_number_of_queries_for_more(alice):
    counts = []
    for number in (1, 3):
        for n in range(number):
            give(alice.user, f"{number}:{n}", actor_id=make_user().pk)
        with CaptureQueriesContext(connection) as queries:
            alice.get("notifications/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_read_marks_some_then_all(alice):
    for number in range(3):
        give(alice.user, number)
    assert alice.get("notifications/unread/").json() == {"unread": 3}
    [first, *_] = Notification.objects.order_by("pk")
    assert alice.post("notifications/read/", {"ids": [str(first.pk)]}).json() == {"unread": 2}
    assert alice.post("notifications/read/", {}).json() == {"unread": 0}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"ids": []}, "invalid"),
        ({"ids": "1"}, "invalid"),
        ({"ids": [1]}, "invalid"),
        ({"ids": ["1"] * 201}, "invalid"),
        ({"all": True}, "unknown_field"),
        ("x", "malformed"),
    ],
)
def test_read_bad_input(alice, body, code):
    assert problem(alice.post("notifications/read/", body)) == (400, code)


def test_read_of_unknown_ids_changes_nothing(alice):
    give(alice.user)
    response = alice.post("notifications/read/", {"ids": ["99999999", "abc"]})
    assert response.json() == {"unread": 1}


def test_settings_are_the_defaults_until_changed(alice):
    body = alice.get("notifications/settings/").json()
    assert body["is_mailed"] is True
    assert [row["concern"] for row in body["concerns"]] == list(Concern)
    wanted = {"concern": "mentions", "bell": False, "mail": "digest"}
    changed = alice.patch(
        "notifications/settings/", {"is_mailed": False, "concerns": [wanted]}
    ).json()
    assert changed["is_mailed"] is False
    assert {"title": Concern.MENTIONS.label, **wanted} in changed["concerns"]
    assert Preference.objects.count() == 1
    assert MailSwitch.objects.get().is_off
    again = alice.patch("notifications/settings/", {}).json()
    assert again == changed


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"is_mailed": "perhaps"}, "invalid"),
        ({"concerns": [{"concern": "weather", "bell": True, "mail": "now"}]}, "invalid"),
        ({"concerns": [{"concern": "fills", "bell": True, "mail": "soon"}]}, "invalid"),
        ({"concerns": [{"concern": "fills", "mail": "now"}]}, "invalid"),
        ({"concerns": {}}, "invalid"),
        ({"sound": True}, "unknown_field"),
    ],
)
def test_settings_bad_input(alice, body, code):
    assert problem(alice.patch("notifications/settings/", body)) == (400, code)
    assert not Preference.objects.exists()


@pytest.mark.parametrize("path", GET_PATHS)
def test_anonymous_is_told_to_log_in(anonymous, path):
    assert problem(anonymous.get(path)) == (401, "not_authenticated")


@pytest.mark.parametrize("path", [*GET_PATHS, "notifications/read/"])
def test_wrong_method(alice, path):
    assert problem(alice.delete(path)) == (405, "method_not_allowed")


def test_writing_needs_the_csrf_token(as_user):
    member = as_user(make_user("dora"), csrf=True)
    assert problem(member.post("notifications/read/", {})) == (403, "csrf_failed")
