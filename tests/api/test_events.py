"""GET events/ and what events are found by; the metadata filter of markets/ with it."""

import pytest

from tests.api.conftest import problem
from tests.factories import make_event, make_market

pytestmark = pytest.mark.django_db


def test_events_show_their_markets_but_no_drafts(anonymous):
    metadata = {"seats": 650, "parties": ["Red", "Blue"], "_demo": True}
    event = make_event("Election", category="Politics", metadata=metadata)
    market = make_market(event=event, title="Who wins?")
    make_market(event=event, title="Draft", status="draft")
    make_market(event=make_event("Hidden"), status="draft")

    (told,) = anonymous.get("events/").json()["results"]

    assert told.pop("created_at").endswith("Z")
    assert told == {
        "id": str(event.pk),
        "slug": "election",
        "title": "Election",
        "category": "Politics",
        "starts_at": None,
        "metadata": {"seats": 650, "parties": ["Red", "Blue"]},
        "markets": [
            {"id": str(market.pk), "slug": "who-wins", "title": "Who wins?", "status": "open"}
        ],
    }
    alone = anonymous.get("events/election/").json()
    assert (alone["markets"], alone["metadata"]) == (told["markets"], told["metadata"])
    assert problem(anonymous.get("events/hidden/")) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Storms", "Sun"]),
        ("?metadata=cities:Oslo", ["Storms"]),
        ("?metadata=year:2027", ["Storms", "Sun"]),
        ("?metadata=year:2028", []),
        ("?metadata=", ["Storms", "Sun"]),
    ],
)
def test_events_are_narrowed(anonymous, query, titles):
    make_market(event=make_event("Sun", metadata={"year": 2027}))
    make_market(event=make_event("Storms", metadata={"cities": ["Oslo"], "year": 2027}))

    told = anonymous.get(f"events/{query}").json()

    assert [event["title"] for event in told["results"]] == titles


@pytest.mark.parametrize("path", ["events/", "markets/"])
@pytest.mark.parametrize(
    ("pair", "detail"),
    [
        ("venue", "Write key:value, such as venue:Wembley."),
        ("venue:", "Write key:value, such as venue:Wembley."),
        ("_demo:true", "'_demo' begins with _: such keys are the site's own."),
        (f"venue:{'x' * 501}", "The value has 501 characters; at most 500 fit."),
        ("venue:%00", "The value holds the control character U+0000."),
    ],
)
def test_metadata_that_is_no_pair_is_400(anonymous, path, pair, detail):
    response = anonymous.get(f"{path}?metadata={pair}")

    assert problem(response) == (400, "invalid")
    (error,) = response.json()["errors"]
    assert (error["field"], error["detail"]) == ("metadata", detail)
