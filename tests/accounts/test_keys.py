"""API keys: made once, kept as a digest, revoked at once."""

import hashlib
import logging
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.keys import services
from accounts.keys.models import ApiKey, Scope
from accounts.keys.services import create_key, find_key, list_keys, revoke_all, revoke_key
from accounts.models import User
from core.errors import Code, Problem
from tests.accounts.conftest import PASSWORD
from tests.factories import make_member

pytestmark = pytest.mark.django_db
PAGE = "/accounts/settings/keys/"
GOOD = {"name": "laptop", "scopes": ["read", "trade"], "days": "90"}


@pytest.fixture
def dora():
    return make_member("dora", password=PASSWORD)


@pytest.fixture
def page(client, dora, log_in):
    log_in(dora.email)
    return client


def make_key(user, *scopes, **fields):
    return create_key(user=user, name="k", scopes=scopes or ("read",), **fields)


def test_key_is_kept_as_its_digest_alone(dora):
    made = make_key(dora)
    row = ApiKey.objects.values().get()
    assert row["digest"] == hashlib.sha256(made.secret.encode()).hexdigest()
    assert row["prefix"] == made.secret[:9]
    assert made.secret not in str(row)
    assert made.secret not in repr(made)
    assert len(made.secret) == 46


def test_key_finds_its_user_in_one_query(dora, django_assert_num_queries):
    made = make_key(dora)
    find_key(made.secret)  # notes the use
    with django_assert_num_queries(1):
        assert find_key(made.secret).user == dora


@pytest.mark.parametrize("secret", ["", "lk_", "nonsense", "lk_" + "a" * 42, "lk_" + "é" * 43])
def test_what_cannot_be_a_key_asks_nothing(secret, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert find_key(secret) is None


def test_unknown_key_opens_nothing(dora):
    make_key(dora)
    assert find_key("lk_" + "a" * 43) is None


def test_revoked_expired_and_closed_open_nothing(dora):
    revoked, expired, closed = make_key(dora), make_key(dora), make_key(make_member("erik"))
    assert revoke_key(user=dora, key_id=revoked.key.pk)
    ApiKey.objects.filter(pk=expired.key.pk).update(expires_at=timezone.now())
    User.objects.filter(handle="erik").update(is_active=False)
    assert [find_key(made.secret) for made in (revoked, expired, closed)] == [None] * 3


def test_key_is_revoked_by_its_member_alone_and_once(dora):
    made = make_key(dora)
    assert not revoke_key(user=make_member("erik"), key_id=made.key.pk)
    assert [revoke_key(user=dora, key_id=made.key.pk) for _ in range(2)] == [True, False]


def test_all_keys_are_revoked_together(dora):
    secrets = [make_key(dora).secret for _ in range(3)]
    others = make_key(make_member("erik")).secret
    assert revoke_all(user=dora) == 3
    assert [find_key(secret) for secret in secrets] == [None] * 3
    assert find_key(others) is not None


def test_use_is_noted_once_a_minute(dora, django_assert_num_queries, monkeypatch):
    made = make_key(dora)
    find_key(made.secret)
    first = ApiKey.objects.get().last_used_at
    find_key(made.secret)
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    find_key(made.secret)
    assert ApiKey.objects.get().last_used_at > first


def test_keys_are_limited(dora, monkeypatch):
    monkeypatch.setattr(services, "LIVE_KEYS_MAX", 2)
    keys = [make_key(dora).key for _ in range(2)]
    with pytest.raises(Problem) as refused:
        make_key(dora)
    assert (refused.value.code, refused.value.data) == (Code.TOO_MANY_KEYS, {"limit": 2})
    revoke_key(user=dora, key_id=keys[0].pk)
    make_key(dora)


def test_key_without_a_scope_is_refused_by_the_database(dora):
    made = make_key(dora)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=made.key.pk).update(may_read=False)


@pytest.mark.parametrize("scopes", [("read",), ("trade", "cancel"), ("read", "trade", "cancel")])
def test_scopes_are_those_asked_for(dora, scopes):
    key = make_key(dora, *scopes).key
    assert sorted(key.scopes) == sorted(scopes)
    assert [scope for scope in Scope if key.allows([scope])] == key.scopes


def test_key_is_never_logged(dora, caplog):
    caplog.set_level(logging.DEBUG)
    made = make_key(dora)
    find_key(made.secret)
    revoke_key(user=dora, key_id=made.key.pk)
    assert made.secret not in caplog.text
    assert made.secret[9:] not in caplog.text


def test_page_makes_a_key_and_shows_it_once(page, dora):
    made = page.post(PAGE, GOOD)
    secret = made.context["made"].secret
    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert find_key(secret).user == dora
    again = page.get(PAGE).content.decode()
    assert secret not in again
    assert secret[:9] in again


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "n" * 61),
        ("name", "a\0b"),
        ("scopes", []),
        ("scopes", ["admin"]),
        ("days", "7"),
        ("days", "x"),
    ],
)
def test_page_refuses_bad_forms(page, field, value):
    response = page.post(PAGE, GOOD | {field: value})
    assert list(response.context["form"].errors) == [field]
    assert not ApiKey.objects.exists()


def test_page_says_when_there_are_too_many(page, dora, monkeypatch):
    monkeypatch.setattr(services, "LIVE_KEYS_MAX", 0)
    assert "You have 0 keys. Revoke one first." in page.post(PAGE, GOOD).content.decode()


def test_making_a_key_takes_a_fresh_log_in(page, dora):
    session = page.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3_600
    session.save()
    response = page.post(PAGE, GOOD)
    assert response.url.startswith("/accounts/reauthenticate/")
    assert not ApiKey.objects.exists()
    assert page.get(PAGE).status_code == 200


def test_key_of_the_page_lives_as_long_as_asked(page):
    page.post(PAGE, GOOD | {"days": ""})
    page.post(PAGE, GOOD | {"days": "30"})
    ends = [key.expires_at for key in ApiKey.objects.order_by("pk")]
    assert ends[0] is None
    assert timedelta(days=29) < ends[1] - timezone.now() <= timedelta(days=30)


def test_page_revokes(page, dora):
    key = make_key(dora).key
    theirs = make_key(make_member("erik")).key
    for pk in (key.pk, theirs.pk):
        assert page.post(f"{PAGE}{pk}/revoke/").url == PAGE
    assert [row.revoked_at is None for row in (ApiKey.objects.get(pk=key.pk), theirs)] == [
        False,
        True,
    ]
    assert list(list_keys(dora)) == []


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_page_refuses_other_methods(page, method):
    assert getattr(page, method)(PAGE).status_code == 405
    assert page.get(f"{PAGE}1/revoke/").status_code == 405


def test_page_is_for_members(db):
    assert Client().get(PAGE).url == f"/accounts/login/?next={PAGE}"
    assert Client().post(f"{PAGE}1/revoke/").status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_a_fixed_number_of_queries(page, dora, rows, django_assert_num_queries):
    for _ in range(rows):
        make_key(dora)
    with django_assert_num_queries(5):  # session, user, keys, account, bell
        page.get(PAGE)
