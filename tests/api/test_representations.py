"""Lists as JSON, XHTML and Atom: the same rows, by Accept or ?format=."""

import pytest
from django.conf import settings

from tests.api.conftest import problem
from tests.documents import ATOM, XHTML, cells, link_of, read_feed, read_page
from tests.factories import first_contract, make_account, make_market, make_order, make_trade

pytestmark = pytest.mark.django_db
LISTS = ("markets/", "events/", "markets/rain/trades/")


@pytest.fixture
def rain(db):
    market = make_market(title="Rain")
    maker = make_order(make_account(), first_contract(market), filled=10)
    taker = make_order(make_account(), first_contract(market), side="sell", filled=10)
    make_trade(maker, taker)
    return market


@pytest.mark.parametrize("path", LISTS)
def test_list_is_offered_in_each_representation(anonymous, rain, path):
    told = anonymous.get(path).json()["results"]

    for by_accept, by_format in (
        (anonymous.get(path, Accept=ATOM), anonymous.get(f"{path}?format=atom")),
        (anonymous.get(path, Accept=XHTML), anonymous.get(f"{path}?format=xhtml")),
    ):
        assert by_accept["Content-Type"] == by_format["Content-Type"]
        assert "Accept" in by_accept["Vary"]
    assert len(read_feed(anonymous.get(path, Accept=ATOM)).entries) == len(told) == 1
    assert len(cells(read_page(anonymous.get(path, Accept=XHTML)))) == 1


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("format_", ["atom", "xhtml"])
@pytest.mark.parametrize("count", [1, 3])
def test_representation_takes_the_queries_of_the_json(
    anonymous, rain, django_assert_num_queries, path, format_, count
):
    for n in range(count - 1):
        make_market(title=f"Other {n}")
    queries = {"markets/": 4, "events/": 2, "markets/rain/trades/": 3}[path]

    with django_assert_num_queries(queries):
        anonymous.get(f"{path}?format={format_}")


@pytest.mark.parametrize("path", ["markets/", "markets/rain/trades/"])
def test_list_of_nothing_is_an_empty_document(anonymous, path):
    if "rain" in path:
        make_market(title="Rain")

    feed = read_feed(anonymous.get(path, Accept=ATOM))
    page = read_page(anonymous.get(path, Accept=XHTML))

    assert (feed.entries, cells(page)) == ([], [])
    assert feed.feed.updated == "1970-01-01T00:00:00Z"
    assert b"Nothing here yet" in anonymous.get(path, Accept=XHTML).content


def test_feed_says_what_the_json_says(anonymous, rain):
    (trade,) = anonymous.get("markets/rain/trades/").json()["results"]

    feed = read_feed(anonymous.get("markets/rain/trades/", Accept=ATOM))

    assert feed.feed.title == "Trades in rain · Likely"
    assert feed.feed.author == "Likely"
    assert feed.feed.id == "tag:localhost,2026:/api/v1/markets/rain/trades/"
    (entry,) = feed.entries
    assert entry.id == f"tag:localhost,2026:trade/{trade['id']}"
    assert entry.title == "sell 10 Yes at 0.4500"
    assert entry.updated == feed.feed.updated == trade["executed_at"]
    assert f"<dt>Id</dt><dd>{trade['id']}</dd>" in entry.content[0].value


def test_feed_pages_by_links_with_one_id_and_the_cursors_of_the_json(anonymous):
    slugs = [make_market(title=f"Market {n}").slug for n in range(5)]
    address, seen, ids = f"{settings.SITE_URL}/api/v1/markets/?format=atom&limit=2", [], set()

    while address:
        feed = read_feed(anonymous.http.get(address.removeprefix(settings.SITE_URL)))
        links = {link.rel: link.href for link in feed.feed.links}
        seen += [entry.link.split("/")[-2] for entry in feed.entries]
        ids.add(feed.feed.id)
        assert links["self"] == address
        assert links["first"] == f"{settings.SITE_URL}/api/v1/markets/?format=atom&limit=2"
        address = links.get("next", "")

    assert seen == slugs[::-1]
    assert ids == {"tag:localhost,2026:/api/v1/markets/"}


def test_feed_keeps_the_filter_in_its_id_and_links(anonymous, rain):
    feed = read_feed(anonymous.get("markets/?status=open&q=a%20%26b&limit=1", Accept=ATOM))

    assert feed.feed.id == "tag:localhost,2026:/api/v1/markets/?status=open&q=a%2B%2526b"
    assert {link.rel for link in feed.feed.links} == {"self", "alternate", "first"}


def test_page_pages_and_links_to_the_others(anonymous):
    for n in range(3):
        make_market(title=f"Market {n}")

    first = read_page(anonymous.get("markets/?format=xhtml&limit=2"))
    second = read_page(anonymous.http.get(link_of(first, "next").removeprefix(settings.SITE_URL)))

    assert [row[0] for row in cells(first)] == ["Market 2", "Market 1"]
    assert [row[0] for row in cells(second)] == ["Market 0"]
    assert link_of(second, "next") == ""
    assert link_of(first, "alternate").endswith("/api/v1/markets/?limit=2&format=json")


@pytest.mark.parametrize("format_", ["atom", "xhtml"])
def test_what_members_type_is_text_in_a_well_formed_document(anonymous, format_):
    title = "</title><script>alert(1)</script> & \"'\x0b\ufffe ]]> é"
    make_market(title="x")
    type(make_market(title="y")).objects.update(title=title)
    response = anonymous.get(f"markets/?format={format_}&limit=1")

    assert b"<script>alert" not in response.content
    shown = title.replace("\x0b", "\ufffd").replace("\ufffe", "\ufffd")
    if format_ == "atom":
        (entry,) = read_feed(response).entries
        assert entry.title == shown
    else:
        assert cells(read_page(response))[0][0] == shown


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/*;q=0.5, application/atom+xml", ATOM),
        ("application/json;q=0.1, application/atom+xml;q=0.2", ATOM),
        ("application/json;q=0, */*", XHTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", XHTML),
        ("text/html, */*;q=0.1", "application/json"),
        ("APPLICATION/ATOM+XML", ATOM),
        ("application/atom+xml;q=nonsense", ATOM),
        ("application/atom+xml;q=0.001, application/json;q=0.0009", ATOM),
    ],
)
def test_client_gets_what_it_likes_best(anonymous, accept, content_type):
    headers = {"Accept": accept} if accept else {}

    response = anonymous.get("markets/", **headers)

    assert response["Content-Type"].partition(";")[0] == content_type


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("?format=rss", "*/*"),
        ("?format=ATOM", "*/*"),
        ("", "text/html"),
        ("", "application/json;q=0"),
        ("", "*/*;q=0"),
        ("", "image/*, ;q=1, /"),
    ],
)
def test_representation_that_is_not_offered_is_a_problem_that_names_those_that_are(
    anonymous, query, accept
):
    response = anonymous.get(f"markets/{query}", Accept=accept)

    assert problem(response) == (406, "not_acceptable")
    for format_ in ("json", "xhtml", "atom"):
        assert format_ in response.json()["detail"]


def test_problem_is_json_whatever_is_asked_for(anonymous):
    response = anonymous.get("markets/?limit=0", Accept=ATOM)

    assert problem(response) == (400, "invalid")


@pytest.mark.parametrize("path", ["orders/", "account/fills/", "account/ledger/"])
@pytest.mark.parametrize("media_type", [ATOM, XHTML])
def test_private_list_is_its_owners_in_each_representation(alice, bob, anonymous, path, media_type):
    contract = first_contract(make_market(title="Rain"))
    mine = make_order(alice.user.account, contract, filled=10)
    make_trade(mine, make_order(make_account(), contract, side="sell", filled=10))
    read = read_feed if media_type == ATOM else read_page
    count = (lambda feed: len(feed.entries)) if media_type == ATOM else (lambda p: len(cells(p)))

    assert count(read(alice.get(path, Accept=media_type))) == 1
    others = count(read(bob.get(path, Accept=media_type)))
    assert others == len(bob.get(path).json()["results"])
    assert others == (1 if "ledger" in path else 0)
    assert problem(anonymous.get(path, Accept=media_type)) == (401, "not_authenticated")


@pytest.mark.parametrize("accept", ["application/atom+xml", "application/xhtml+xml", "text/html"])
def test_what_is_told_of_a_list_is_json_whatever_is_asked_for(anonymous, accept):
    response = anonymous.http.options("/api/v1/markets/", headers={"Accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
