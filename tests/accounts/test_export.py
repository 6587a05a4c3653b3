"""'Export my data': everything, nobody else's, no secrets, in slices."""

import json

import pytest
from django.test import Client

from accounts import export
from accounts.export import write_export
from accounts.keys.services import create_key
from accounts.models import Follow
from tests.accounts.conftest import PASSWORD
from tests.factories import (
    first_contract,
    make_account,
    make_market,
    make_member,
    make_order,
    make_position,
    make_trade,
    make_user,
)

pytestmark = pytest.mark.django_db
PATH = "/accounts/settings/export/"


@pytest.fixture
def dora():
    return make_member("dora", password=PASSWORD, bio='Rain "mostly"; Größe.')


def trade(member, title):
    contract = first_contract(make_market(title=title))
    maker = make_order(make_account(), contract, side="sell", filled=10)
    make_trade(maker, make_order(member.account, contract, filled=10))
    make_position(member.account, contract, quantity=10, cash_ticks=-45_000)


def exported(user):
    return json.loads(b"".join(write_export(user)))


def test_export_has_all_that_is_kept_of_the_member(dora):
    Follow.objects.create(follower=dora, followed=make_user("erik"))
    key = create_key(user=dora, name="bot", scopes=["read"])
    trade(dora, "Will it rain?")
    told = exported(dora)
    assert told["profile"]["bio"] == 'Rain "mostly"; Größe.'
    assert told["email_addresses"][0]["email"] == "dora@example.com"
    assert [row["handle"] for row in told["following"]] == ["erik"]
    assert [(row["name"], row["scopes"]) for row in told["api_keys"]] == [("bot", ["read"])]
    assert [row["market"] for row in told["orders"]] == ["will-it-rain"]
    assert [(row["side"], row["price"]) for row in told["fills"]] == [("buy", "0.4500")]
    assert [(row["quantity"], row["cash"]) for row in told["positions"]] == [(10, "-4.5000")]
    assert [(row["kind"], row["amount"]) for row in told["ledger"]] == [("grant", "1000.0000")]
    assert key.secret not in json.dumps(told)
    assert key.key.digest not in json.dumps(told)
    assert dora.password not in json.dumps(told)


def test_export_has_nothing_of_others(dora):
    other = make_member("mallory", bio="secret words")
    trade(other, "Secret question")
    text = json.dumps(exported(dora))
    assert "ecret" not in text
    assert "mallory" not in text


def test_export_of_a_member_without_an_account_is_whole(db):
    told = exported(make_user("new"))
    assert "orders" not in told
    assert told["following"] == []


@pytest.mark.parametrize("size", [1, 2, 500])
def test_export_is_the_same_in_slices_of_any_size(dora, monkeypatch, size):
    for number in range(3):
        trade(dora, f"Question {number}?")
    monkeypatch.setattr(export, "_SLICE", size)
    assert len(exported(dora)["fills"]) == 3


def test_page_sends_a_file_to_who_has_just_logged_in(client, dora, log_in):
    log_in(dora.email)
    response = client.post(PATH)
    assert response["Content-Disposition"] == 'attachment; filename="likely-dora.json"'
    assert response["Cache-Control"] == "no-store"
    assert json.loads(b"".join(response))["profile"]["handle"] == "dora"


def test_page_asks_for_the_password_once_more(client, dora):
    client.force_login(dora)
    assert client.post(PATH).url.startswith("/accounts/reauthenticate/")


def test_export_is_only_posted_and_for_members(client, dora):
    assert Client().post(PATH).url == f"/accounts/login/?next={PATH}"
    client.force_login(dora)
    assert client.get(PATH).status_code == 405
    assert client.post("/accounts/settings/data/").status_code == 405
