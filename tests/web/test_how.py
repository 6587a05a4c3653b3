"""How it works: for whoever comes for the first time."""

import pytest

from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_first_page_and_every_foot_lead_to_how_it_works(client):
    assert client.get("/").content.decode().count('href="/how-it-works/"') == 2
    assert client.get("/leaderboards/").content.decode().count('href="/how-it-works/"') == 1


def test_how_it_works_invites_guests_and_sends_members_to_markets(client):
    page = client.get("/how-it-works/").content.decode()
    assert "<h1>How Likely works</h1>" in page
    assert '<a class="btn btn-primary" href="/accounts/signup/">Sign up</a>' in page
    client.force_login(make_user())
    page = client.get("/how-it-works/").content.decode()
    assert '<a class="btn btn-primary" href="/markets/">To the markets</a>' in page


def test_how_it_works_is_only_read(client):
    assert client.post("/how-it-works/").status_code == 405
