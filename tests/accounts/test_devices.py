"""Logging a program in by a code: RFC 8628, over the API and the page."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.devices import guesses
from accounts.devices.models import DeviceGrant
from accounts.keys.models import ApiKey
from tests.accounts.conftest import PASSWORD
from tests.factories import make_member

pytestmark = pytest.mark.django_db
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
CODE, TOKEN = "/api/v1/device/code/", "/api/v1/device/token/"


@pytest.fixture
def program():
    return Client()


@pytest.fixture
def alice(client, log_in):
    log_in(make_member("alice", password=PASSWORD).email)
    return client


def begin(program, **body):
    body = {"client_id": "likely", "scope": "read trade"} | body
    return program.post(CODE, body, content_type="application/json")


def poll(program, code):
    body = {"grant_type": GRANT_TYPE, "device_code": code, "client_id": "likely"}
    return program.post(TOKEN, body, content_type="application/json")


def let_time_pass(seconds):
    for grant in DeviceGrant.objects.all():
        earlier = timedelta(seconds=seconds)
        grant.polled_at = grant.polled_at and grant.polled_at - earlier
        grant.expires_at -= earlier
        grant.save()


def test_program_is_let_in_once(program, alice):
    begun = begin(program).json()
    assert begun["verification_uri"] == "http://testserver/device/"
    assert begun["verification_uri_complete"].endswith(f"/device/?user_code={begun['user_code']}")
    assert (begun["expires_in"], begun["interval"]) == (600, 5)
    pending = poll(program, begun["device_code"])
    assert (pending.status_code, pending.json()["code"]) == (400, "authorization_pending")

    page = alice.get("/device/", {"user_code": begun["user_code"].lower().replace("-", " ")})
    assert b"likely" in page.content
    assert b"read trade" in page.content
    decided = alice.post("/device/", {"user_code": begun["user_code"], "decision": "allow"})
    assert (decided.status_code, decided["Location"]) == (302, "/accounts/settings/keys/")

    told = poll(program, begun["device_code"])
    assert (told.status_code, told["Cache-Control"]) == (200, "no-store")
    assert (told.json()["token_type"], told.json()["scope"]) == ("Token", "read trade")
    header = {"Authorization": f"Token {told.json()['access_token']}"}
    assert program.get("/api/v1/account/", headers=header).status_code == 200
    assert ApiKey.objects.get().name == "likely"
    again = poll(program, begun["device_code"])
    assert (again.status_code, again.json()["code"]) == (400, "expired_token")


def test_program_that_polls_too_often_is_told_to_slow_down(program):
    code = begin(program).json()["device_code"]
    poll(program, code)
    hasty = poll(program, code).json()
    assert (hasty["code"], hasty["interval"]) == ("slow_down", 10)
    let_time_pass(9)
    assert poll(program, code).json()["code"] == "slow_down"
    let_time_pass(16)
    assert poll(program, code).json()["code"] == "authorization_pending"


def test_program_that_is_not_let_in_is_told_so(program, alice):
    begun = begin(program).json()
    alice.post("/device/", {"user_code": begun["user_code"], "decision": "deny"})
    assert poll(program, begun["device_code"]).json()["code"] == "access_denied"
    assert not ApiKey.objects.exists()


def test_code_that_has_expired_opens_nothing(program, alice):
    begun = begin(program).json()
    let_time_pass(601)
    page = alice.post("/device/", {"user_code": begun["user_code"], "decision": "allow"})
    assert b"No program waits" in page.content
    assert poll(program, begun["device_code"]).json()["code"] == "expired_token"
    begin(program)
    assert DeviceGrant.objects.count() == 1  # what has expired is swept


def test_letting_in_asks_for_the_password_again(program, alice):
    session = alice.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3_600
    session.save()
    begun = begin(program).json()
    asked = alice.post("/device/", {"user_code": begun["user_code"], "decision": "allow"})
    assert "/reauthenticate/" in asked["Location"]
    assert DeviceGrant.objects.get().user is None


def test_code_cannot_be_guessed_for_ever(alice, program, monkeypatch):
    begun = begin(program).json()
    monkeypatch.setattr(guesses, "_GUESSES_MAX", 2)
    for _ in range(2):
        assert b"No program waits" in alice.get("/device/?user_code=BBBB-BBBB").content
    page = alice.get("/device/", {"user_code": begun["user_code"]})
    assert b"Too many codes" in page.content


def test_page_is_for_members(program):
    assert "/accounts/login/" in program.get("/device/?user_code=X")["Location"]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (CODE, {"client_id": ""}, "invalid"),
        (CODE, {"client_id": "x" * 61}, "invalid"),
        (CODE, {"client_id": "a", "scope": "everything"}, "invalid"),
        (CODE, {"client_id": "a", "scope": " "}, "invalid"),
        (CODE, {"client_id": "a", "secret": "b"}, "unknown_field"),
        (CODE, {}, "invalid"),
        (TOKEN, {"grant_type": "password", "device_code": "a"}, "invalid"),
        (TOKEN, {"grant_type": GRANT_TYPE}, "invalid"),
        (TOKEN, {"grant_type": GRANT_TYPE, "device_code": "nobody's"}, "expired_token"),
    ],
)
def test_request_that_makes_no_sense_is_400(program, path, body, code):
    response = program.post(path, body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_forms_are_read_as_the_rfc_sends_them(program):
    def send(path, **fields):
        form = "application/x-www-form-urlencoded"
        return program.post(path, urlencode(fields), content_type=form).json()

    begun = send(CODE, client_id="likely", scope="read")
    told = send(TOKEN, grant_type=GRANT_TYPE, device_code=begun["device_code"])
    assert told["code"] == "authorization_pending"
