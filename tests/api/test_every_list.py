"""Every list of the API in every representation: the same rows, pages, refusals and readers."""

import json
import re
from collections import Counter

import pytest
from django.conf import settings
from django.urls import resolve

from tests.api.conftest import problem
from tests.api.lists import LISTS, Scene
from tests.documents import ATOM, XHTML, cells, link_of, read_feed, read_page

pytestmark = pytest.mark.django_db
NAMES = pytest.mark.parametrize("name", LISTS)
JSON = "application/json"
VIEWERS = ("anonymous", "stranger", "olga", "staff")


def rows_of(answer):
    told = answer.json()
    return told if isinstance(told, list) else told["results"]


def get(browser, path, media_type):
    return browser.get(f"/api/v1/{path}", headers={"Accept": media_type})


def local(address):
    assert address.startswith(f"{settings.SITE_URL}/")
    return address.removeprefix(settings.SITE_URL)


def is_list(schema, described):
    """Whether what an operation answers is rows: an array, or results."""
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema.get("type") == "array" or "results" in schema.get("properties", {})


def test_every_list_that_is_described_is_tried_here(client):
    answer = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    described = json.loads(answer.content)
    found = {
        resolve(re.sub(r"{(\w+)}", "1", path)).url_name: operation["get"]["responses"]["200"]
        for path, operation in described["paths"].items()
        if "get" in operation
    }
    lists = {
        name: set(answer["content"])
        for name, answer in found.items()
        if JSON in answer["content"] and is_list(answer["content"][JSON]["schema"], described)
    }
    assert lists == {name: {JSON, XHTML, ATOM} for name in LISTS}


@NAMES
def test_list_is_json_a_page_and_a_feed_of_the_same_rows(name):
    wanted, browser = LISTS[name], Scene().browser(LISTS[name].reader)

    told = get(browser, wanted.path, JSON)
    feed = read_feed(get(browser, wanted.path, ATOM))
    page = read_page(get(browser, wanted.path, XHTML))

    assert told["Content-Type"] == JSON
    assert len(rows_of(told)) == wanted.rows
    assert [row[0] for row in cells(page)] == [entry.title for entry in feed.entries]
    assert len(feed.entries) == wanted.rows
    assert local(link_of(page, "alternate")).startswith(f"/api/v1/{wanted.path.partition('?')[0]}")


@NAMES
def test_list_is_paged_by_links_in_its_feed_and_its_page(name):
    wanted, browser = LISTS[name], Scene().browser(LISTS[name].reader)
    titles = [entry.title for entry in read_feed(get(browser, wanted.path, ATOM)).entries]
    joiner = "&" if "?" in wanted.path else "?"
    limit = f"{joiner}limit=1" if wanted.is_paged else ""

    for format_, read, title_of in (
        ("atom", read_feed, lambda feed: [entry.title for entry in feed.entries]),
        ("xhtml", read_page, lambda page: [row[0] for row in cells(page)]),
    ):
        address, found, pages = f"/api/v1/{wanted.path}{limit}", [], 0
        address += f"{'&' if '?' in address else '?'}format={format_}"
        while address:
            document = read(browser.get(address))
            found += title_of(document)
            pages += 1
            following = (
                {link.rel: link.href for link in document.feed.links}.get("next", "")
                if format_ == "atom"
                else link_of(document, "next")
            )
            address = following and local(following)
        assert found == titles
        assert pages == (wanted.rows if wanted.is_paged else 1)


@NAMES
def test_list_lets_each_viewer_see_the_same_in_each_representation(name):
    scene, path = Scene(), LISTS[name].path
    for viewer in VIEWERS:
        browser = scene.browser(viewer)
        told = get(browser, path, JSON)
        if told.status_code == 200:
            assert len(read_feed(get(browser, path, ATOM)).entries) == len(rows_of(told))
            assert len(cells(read_page(get(browser, path, XHTML)))) == len(rows_of(told))
        else:
            refused = [problem(get(browser, path, one)) for one in (JSON, ATOM, XHTML)]
            assert len(Counter(refused)) == 1
            assert refused[0][0] in {401, 403}


@NAMES
def test_list_that_did_not_change_is_304_in_each_representation(name):
    browser, path = Scene().browser(LISTS[name].reader), LISTS[name].path
    tags = set()
    for media_type in (JSON, ATOM, XHTML):
        tag = get(browser, path, media_type)["ETag"]
        again = browser.get(f"/api/v1/{path}", headers={"Accept": media_type, "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        tags.add(tag)
    assert len(tags) == 3
