"""Each list that the site shows has its twin in the API, and links to it."""

import re

import pytest
from django.urls import resolve

from core.api.representations.views import Represented
from exchange.web.templatetags.twins import TWINS
from tests.api.lists import LISTS, Scene
from tests.documents import ATOM, read_feed

pytestmark = pytest.mark.django_db
PAGES = {
    "accounts:member-tab/badges": "/members/olga/badges/",
    "accounts:member-tab/followers": "/members/olga/followers/",
    "accounts:member-tab/following": "/members/olga/following/",
    "accounts:member-tab/positions": "/members/olga/positions/",
    "accounts:member-tab/trades": "/members/olga/trades/",
    "account_keys": "/accounts/settings/keys/",
    "notifications:list": "/notifications/",
    "web:badges": "/badges/",
    "web:challenges": "/challenges/",
    "web:discussion": "/markets/rain/discussion/",
    "web:feed": "/feed/",
    "web:leaderboard": "/leaderboards/volume/",
    "web:portfolio": "/portfolio/",
    "web:portfolio-fills": "/portfolio/fills/",
    "web:portfolio-ledger": "/portfolio/ledger/",
    "web:portfolio-orders": "/portfolio/orders/",
}
_LINK = re.compile(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"')


@pytest.mark.parametrize("name", TWINS)
def test_page_links_to_the_same_list_as_a_feed(name):
    olga = Scene().browser("olga")
    page = olga.get(PAGES[name]).content.decode()
    (address,) = _LINK.findall(page)
    assert resolve(address.partition("?")[0]).view_name == TWINS[name]
    assert read_feed(olga.get(address)).entries


@pytest.mark.parametrize("name", sorted(set(LISTS) - {"snapshots"}))
def test_list_names_a_page_that_is_there(name):
    wanted = LISTS[name]
    browser = Scene().browser(wanted.reader)
    feed = read_feed(browser.get(f"/api/v1/{wanted.path}", headers={"Accept": ATOM}))
    (page,) = (link.href for link in feed.feed.links if link.rel == "alternate")
    path = page.split("/", 3)[3]
    answer = browser.get(f"/{path}", follow=True)
    assert answer.status_code == 200
    view = resolve(f"/api/v1/{wanted.path.partition('?')[0]}").func.cls
    assert issubclass(view, Represented)
