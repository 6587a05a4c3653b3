"""Users in the admin."""

import pytest

from accounts.models import User
from search.models import Document
from tests.accounts.conftest import PASSWORD
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def admin(client):
    user = make_user("operator", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def add(client, **fields):
    good = {
        "email": "New@example.com",
        "handle": "newcomer",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    return client.post(f"{LIST}add/", good | fields)


def test_member_and_stranger_do_not_see_the_admin(client):
    assert client.get(LIST).status_code == 302
    client.force_login(make_user("anna"))
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_number_of_queries(admin, client, count, django_assert_num_queries):
    for _ in range(count):
        make_user()
    with django_assert_num_queries(6):
        assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("query", ["nina", "NINA@example.com", "Nightingale"])
def test_search_finds_by_handle_address_and_name(admin, client, query):
    make_user("nina", name="N. Nightingale")
    make_user("other")
    rows = client.get(LIST, {"q": query}).context["cl"].result_list
    assert [user.handle for user in rows] == ["nina"]


def test_user_is_added_by_address_and_handle(admin, client):
    assert add(client).status_code == 302
    user = User.objects.get(handle="newcomer")
    assert user.email == "new@example.com"
    assert user.check_password(PASSWORD)


def test_bot_is_added_without_password(admin, client):
    add(client, is_bot="on", usable_password="false", password1="", password2="")
    user = User.objects.get(handle="newcomer")
    assert user.is_bot
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"handle": "OPERATOR"}, "This handle is taken."),
        ({"handle": "x y"}, "Use 3 to 30 letters"),
        ({"email": "Operator@Example.com"}, "User with this E-mail address already exists."),
        ({"email": ""}, "This field is required."),
    ],
)
def test_bad_user_is_a_form_error(admin, client, fields, text):
    response = add(client, **fields)
    assert response.status_code == 200
    assert text in response.content.decode()
    assert User.objects.count() == 1


def test_user_page_opens_and_saves(admin, client):
    user = make_user("anna")
    page = client.get(f"{LIST}{user.pk}/change/")
    assert page.status_code == 200
    values = {"email": user.email, "handle": "annabel", "name": "Anna", "is_active": "on"}
    assert client.post(f"{LIST}{user.pk}/change/", values).status_code == 302
    user.refresh_from_db()
    assert (user.handle, user.name, user.is_active) == ("annabel", "Anna", True)


def test_closing_users_spares_oneself_and_can_be_undone(admin, client):
    anna = make_member("anna")
    chosen = {"_selected_action": [anna.pk, admin.pk]}
    client.post(LIST, {"action": "close_users"} | chosen)
    assert not Document.objects.filter(kind="member").exists()
    states = dict(User.objects.values_list("handle", "is_active"))
    assert states == {"anna": False, "operator": True}
    client.post(LIST, {"action": "reopen_users"} | chosen)
    anna.refresh_from_db()
    assert anna.is_active
    assert Document.objects.get(kind="member").slug == "anna"
