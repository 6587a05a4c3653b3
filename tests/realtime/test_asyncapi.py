"""The AsyncAPI document: it has every message, and real ones are as it says."""

import json

import jsonschema
import pytest

from exchange.realtime import requests
from exchange.realtime.asyncapi import make_document
from exchange.realtime.topic_names import TOPIC_CHANNELS
from tests.architecture.sources import ROOT

DOCUMENT = make_document("https://likely.test")
MESSAGES = DOCUMENT["components"]["messages"]
RECORDED = json.loads((ROOT / "tests" / "vectors" / "live-v1-1.json").read_text())["messages"]


def schema_of(name):
    """Return a message's schema: closed, so that a member it lacks is an error."""
    payload = MESSAGES[name]["payload"] | {"additionalProperties": False}
    return payload | {"components": DOCUMENT["components"]}


def name_of(message):
    members = message["json"]
    if message["from"] == "client":
        return members["op"]
    return "reply" if "ok" in members else members.get("channel") or members["type"]


def without_null(value):
    """null says nothing: the schema has the members that say something."""
    if isinstance(value, dict):
        return {name: without_null(part) for name, part in value.items() if part is not None}
    return [without_null(part) for part in value] if isinstance(value, list) else value


def test_document_has_every_op_and_every_channel():
    assert set(requests._REQUESTS) <= set(MESSAGES)
    assert {"book", "trades", "market", "account", *TOPIC_CHANNELS} <= set(MESSAGES)
    assert {"reply", "heartbeat", "lag", "dead_man"} <= set(MESSAGES)
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["servers"]["site"]["protocol"] == "wss"


def test_every_reference_is_there():
    def references(value):
        if isinstance(value, dict):
            yield from [value["$ref"]] if "$ref" in value else []
            value = list(value.values())
        for part in value if isinstance(value, list) else ():
            yield from references(part)

    for reference in references(DOCUMENT):
        found = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


@pytest.mark.parametrize("name", sorted({name_of(message) for message in RECORDED}))
def test_recorded_messages_are_as_it_says(name):
    for message in RECORDED:
        if name_of(message) == name:
            jsonschema.Draft202012Validator(schema_of(name)).validate(without_null(message["json"]))


def test_strange_message_is_not_as_it_says():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"op": "ping", "colour": "red"}, schema_of("ping"))


def test_site_shows_it(client):
    answer = client.get("/api/asyncapi/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["operations"].keys() == {"ask", "tell"}
    assert client.post("/api/asyncapi/").status_code == 405
