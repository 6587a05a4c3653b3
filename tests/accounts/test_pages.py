"""What every page of the site has, and the pages for when something is wrong."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests.accounts.conftest import PASSWORD
from tests.factories import make_member, make_user

OPEN = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nonsense/",
    "/accounts/inactive/",
    "/accounts/login/code/",
]
MEMBERS = [
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/settings/profile/",
    "/accounts/settings/display/",
    "/accounts/settings/privacy/",
    "/accounts/settings/security/",
    "/accounts/settings/keys/",
    "/accounts/settings/data/",
    "/accounts/2fa/",
    "/accounts/sessions/",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", OPEN)
def test_open_page_has_a_title_a_skip_link_and_the_way_in(client, path):
    page = client.get(path).content.decode()
    assert page.count("<title>") == page.count("<h1>") == 1
    assert " · Likely</title>" in page
    assert '<a class="skip-link" href="#main">' in page
    assert 'href="/accounts/signup/"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", MEMBERS)
def test_members_page_shows_handle_balance_and_the_way_out(client, path):
    client.force_login(make_member("anna", balance_credits=1_234, password=PASSWORD))
    page = client.get(path).content.decode()
    assert ">anna</span>" in page
    assert '<span id="nav-balance">1,234.00</span>' in page
    assert 'action="/accounts/logout/"' in page


@pytest.mark.django_db
def test_balance_is_hidden_where_there_is_no_account(client):
    client.force_login(make_user("anna"))
    page = client.get("/accounts/email/").content.decode()
    assert 'title="Available to trade, in credits" hidden>' in page


@pytest.mark.django_db
def test_pages_are_in_one_language_whatever_the_browser_asks_for(client):
    page = client.get("/accounts/login/", headers={"accept-language": "de"}).content.decode()
    assert '<label for="id_password">Password</label>' in page


@pytest.mark.django_db
def test_log_in_link_leads_back_to_the_page(client):
    page = client.get("/no/such/page/?q=a&b").content.decode()
    assert 'href="/accounts/login/?next=/no/such/page/%3Fq%3Da%26b"' in page


def test_icon_that_browsers_ask_for_unseen_is_the_logo(client):
    assert client.get("/favicon.ico")["Location"] == "/static/img/logo.svg"


@pytest.mark.django_db
def test_unknown_page_is_a_kind_404(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert b"There is no such page" in response.content


@pytest.mark.django_db
def test_unknown_host_is_a_400(client, settings):
    settings.ALLOWED_HOSTS = ["likely.example"]
    response = client.get("/accounts/login/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert b"This request could not be read" in response.content


@pytest.mark.django_db
def test_error_of_ours_is_a_500_that_needs_nothing(monkeypatch):
    def fail(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("accounts.views.messages.info", fail)
    response = Client(raise_request_exception=False).post("/accounts/confirm-email/resend/")
    assert response.status_code == 500
    assert b"Something went wrong on our side" in response.content


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_bare_error_page_renders_without_any_context(name):
    assert "<h1>" in render_to_string(name)
    assert "{%" not in render_to_string(name)


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "429.html"])
def test_error_page_renders_in_the_sites_frame(name):
    assert 'class="site-header"' in render_to_string(name, {"site_name": "Likely"})


def test_depth_bar_is_an_attribute_not_a_style():
    bar = render_to_string("includes/depth_bar.html", {"percent": 40, "side": "sell"})
    assert '<rect width="40%" height="100%"/>' in bar
    assert "depth-bar-sell" in bar
    assert "style" not in bar
