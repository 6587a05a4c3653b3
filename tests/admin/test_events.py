"""Writing events, as an operator does it."""

import json

import pytest
from django.contrib.admin.models import LogEntry

from exchange.markets.models import Event
from tests.factories import make_event

LIST = "/admin/markets/event/"


def form_data(metadata, **fields):
    data = {"title": "Cup final", "category": "Sport", "starts_at_0": "", "starts_at_1": ""}
    return data | {"metadata": metadata} | fields


def save(client, metadata, event=None):
    page = f"{LIST}add/" if event is None else f"{LIST}{event.pk}/change/"
    return client.post(page, form_data(metadata))


@pytest.mark.parametrize(
    ("text", "metadata"),
    [
        ("", {}),
        (" \r\n", {}),
        ("{}", {}),
        ('{"venue": "Wembley", "teams": ["日本", "Blues"]}',
         {"venue": "Wembley", "teams": ["日本", "Blues"]}),
        ('{\r\n "capacity": 90000,\r\n "indoors": false\r\n}',
         {"capacity": 90_000, "indoors": False}),
    ],
)  # fmt: skip
def test_event_is_added_with_its_metadata(client, operator, text, metadata):
    assert save(client, text).status_code == 302
    assert Event.objects.get().metadata == metadata


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("venue", ["This is no JSON that can be read: Expecting value: line 1 column 1 (char 0)."]),
        ('{"a": 1, "a": 2}', ["This is no JSON that can be read: a key stands twice."]),
        ("[" * 5_000, ["This is no JSON that can be read: it is nested too deeply."]),
        ("[]", ['must be a JSON object, such as {"venue": "Wembley"}.']),
        ("null", ['must be a JSON object, such as {"venue": "Wembley"}.']),
        (
            '{"rate": 0.5, "place": {"town": "Oslo"}, "venue": "Wembley"}',
            [
                "'rate' is a fraction; write a whole number, or a text in quotes.",
                "'place' is an object; values are not nested.",
            ],
        ),
        ('{"_demo": true}', ["'_demo' begins with _: such keys are the site's own."]),
        ('{"a": NaN}', ["'a' is a fraction; write a whole number, or a text in quotes."]),
        ('{"a": "x\\u0000"}', ["'a' holds the control character U+0000."]),
        ('{"a": "\\ud800"}', ["'a' is not valid UTF-8."]),
        (
            json.dumps({f"k{n}": "x" * 400 for n in range(12)}),
            ["takes 4,922 bytes; at most 4,096 fit."],
        ),
    ],
)
def test_event_with_wrong_metadata_says_so_at_the_field(client, operator, text, errors):
    response = save(client, text)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors == {"metadata": errors}
    assert not Event.objects.exists()


def test_event_shows_its_metadata_without_what_is_the_sites_own(client, operator):
    event = make_event("Cup final", metadata={"_demo": True, "venue": "日本"})
    form = client.get(f"{LIST}{event.pk}/change/").context["adminform"].form
    assert form["metadata"].value() == '{\n  "venue": "日本"\n}'
    assert "At most 20 keys" in form["metadata"].help_text


def test_event_keeps_what_is_the_sites_own_whatever_is_typed(client, operator):
    event = make_event(metadata={"_demo": True, "venue": "Oslo"})
    for text, rest in (('{"year": 2097}', {"year": 2_097}), ("", {})):
        assert save(client, text, event).status_code == 302
        event.refresh_from_db()
        assert event.metadata == {"_demo": True} | rest


def test_event_saved_as_it_was_is_no_change_of_its_metadata(client, operator):
    event = make_event("Cup final", metadata={"venue": "Oslo", "year": 2_097})
    form = client.get(f"{LIST}{event.pk}/change/").context["adminform"].form
    as_a_browser_sends_it = form["metadata"].value().replace("\n", "\r\n")
    save(client, as_a_browser_sends_it, event)
    assert json.loads(LogEntry.objects.get().change_message) == []


def test_event_is_shown_to_one_who_may_only_look(client, viewer):
    event = make_event(metadata={"venue": "Oslo"})
    assert "Oslo" in client.get(f"{LIST}{event.pk}/change/").content.decode()
    assert save(client, "{}", event).status_code == 403
    event.refresh_from_db()
    assert event.metadata == {"venue": "Oslo"}
