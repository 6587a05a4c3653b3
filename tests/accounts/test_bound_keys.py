"""Keys that open something from some addresses only."""

import pytest
from django.test import Client

from accounts.keys.services import create_key, read_network
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def call(user, addresses, *, peer="203.0.113.9", forwarded=None):
    networks = [read_network(text) for text in addresses]
    made = create_key(user=user, name="bound", scopes=["read"], addresses=networks)
    headers = {"Authorization": f"Token {made.secret}"}
    if forwarded is not None:
        headers["X-Forwarded-For"] = forwarded
    return Client(REMOTE_ADDR=peer).get("/api/v1/account/", headers=headers)


@pytest.mark.parametrize(
    ("addresses", "peer", "status"),
    [
        ([], "203.0.113.9", 200),
        (["203.0.113.9"], "203.0.113.9", 200),
        (["203.0.113.0/24"], "203.0.113.9", 200),
        (["198.51.100.0/24", "203.0.113.9"], "203.0.113.9", 200),
        (["198.51.100.0/24"], "203.0.113.9", 403),
        (["2001:db8::/32"], "2001:db8::5", 200),
        (["2001:db8::/32"], "203.0.113.9", 403),
        (["203.0.113.9"], "::ffff:203.0.113.9", 200),
        (["203.0.113.9"], "", 403),
    ],
)
def test_key_opens_from_its_addresses_alone(addresses, peer, status):
    response = call(make_member("alice"), addresses, peer=peer)
    assert response.status_code == status
    if status == 403:
        assert response.json()["code"] == "key_address_not_allowed"


def test_what_anybody_may_write_is_not_believed(settings):
    alice = make_member("alice")
    assert call(alice, ["198.51.100.7"], forwarded="198.51.100.7").status_code == 403
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    assert call(alice, ["198.51.100.7"], forwarded="198.51.100.7").status_code == 200
    forged = call(alice, ["198.51.100.7"], forwarded="198.51.100.7, 203.0.113.9")
    assert forged.status_code == 403


def test_key_is_made_with_its_addresses_by_the_api():
    client = Client()
    client.force_login(make_member("alice"))
    body = {"name": "a", "scopes": ["read"], "addresses": ["203.0.113.77/24", "somewhere"]}
    refused = client.post("/api/v1/account/keys/", body, content_type="application/json")
    assert refused.json()["errors"][0]["field"] == "addresses"
