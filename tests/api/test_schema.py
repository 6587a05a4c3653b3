"""The API's description of itself, and its pages."""

import json
import re

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from config import api_urls
from core.errors import Code

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client):
    response = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    assert response.status_code == 200
    return json.loads(response.content)


def test_schema_is_valid_and_made_without_a_warning(tmp_path):
    call_command(
        "spectacular", fail_on_warn=True, validate=True, file=str(tmp_path / "schema.yaml")
    )


def test_schema_is_openapi_3_1_and_names_every_address(schema):
    assert schema["openapi"] == "3.1.0"
    described = {re.sub(r"{\w+}", "{}", path) for path in schema["paths"]}
    assert described == {
        "/api/" + re.sub(r"<[^>]+>", "{}", str(pattern.pattern))
        for pattern in api_urls.urlpatterns
        if str(pattern.pattern).startswith("v1/")
    }


def test_schema_has_one_name_for_each_operation(schema):
    names = sorted(
        operation["operationId"]
        for methods in schema["paths"].values()
        for operation in methods.values()
    )

    # One a line, by name.
    assert names == [
        "accept_challenge",
        "amend_order",
        "begin_device_login",
        "cancel_all_orders",
        "cancel_order",
        "cancel_orders",
        "change_notification_settings",
        "count_unread_notifications",
        "create_key",
        "decline_challenge",
        "delete_comment",
        "edit_comment",
        "export_account",
        "follow_market",
        "follow_member",
        "get_account",
        "get_book",
        "get_book_snapshot",
        "get_challenge",
        "get_comment",
        "get_event",
        "get_key",
        "get_leaderboard",
        "get_limits",
        "get_market",
        "get_member",
        "get_notification_settings",
        "get_order",
        "get_queue_position",
        "get_queue_positions",
        "list_badges",
        "list_book_snapshots",
        "list_candles",
        "list_challenges",
        "list_comments",
        "list_events",
        "list_feed",
        "list_fills",
        "list_followers",
        "list_following",
        "list_keys",
        "list_market_activity",
        "list_markets",
        "list_member_activity",
        "list_member_badges",
        "list_member_positions",
        "list_member_trades",
        "list_notifications",
        "list_orders",
        "list_positions",
        "list_settlements",
        "list_trades",
        "list_transfers",
        "offer_challenge",
        "place_order",
        "place_orders",
        "poll_device_login",
        "post_comment",
        "preview_order",
        "read_notifications",
        "report_comment",
        "revoke_key",
        "search",
        "suggest",
        "unfollow_market",
        "unfollow_member",
        "withdraw_challenge",
    ]


def test_schema_lists_every_code_of_a_problem(schema):
    problem = schema["components"]["schemas"]["Problem"]["properties"]["code"]
    enum = schema["components"]["schemas"][problem["$ref"].rpartition("/")[2]]["enum"]

    assert sorted(enum) == sorted(Code)


def test_schema_gives_errors_as_problems(schema):
    answers = schema["paths"]["/api/v1/orders/"]["post"]["responses"]

    assert set(answers) == {
        "201", "202", "400", "401", "403", "404", "406", "409", "413", "415", "422", "429", "500",
        "503",
    }  # fmt: skip
    for status, answer in answers.items():
        if int(status) >= 400:
            assert set(answer["content"]) == {"application/problem+json"}


def test_docs_load_nothing_from_elsewhere_under_their_own_policy(client):
    page = client.get("/api/docs/reference/")
    script = client.get("/api/docs/reference/?script=")

    for response in (page, script):
        assert response.status_code == 200
        policy = response["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "style-src 'self' 'unsafe-inline'" in policy
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    html = page.content.decode()
    assert "//" not in " ".join(re.findall(r'(?:src|href)="([^"]*)"', html))
    assert not re.findall(r"<script(?![^>]*src=)", html)
    assert script["Content-Type"] == "application/javascript"
    assert "validatorUrl" in script.content.decode()


def test_pages_files_are_served(client):
    html = client.get("/api/docs/reference/").content.decode()
    for address in re.findall(r'(?:src|href)="(/static/[^"]*)"', html):
        response = client.get(address)
        assert response.status_code == 200, address
        b"".join(response.streaming_content)


def test_docs_lead_to_everything(client):
    response = client.get("/api/docs/")
    html = response.content.decode()

    assert response.status_code == 200
    assert "style-src 'self';" in response["Content-Security-Policy"]
    paths = ("reference/", "examples/#find-markets", "problems/", "problems/#insufficient_funds")
    addresses = [f"/api/docs/{path}" for path in paths] + ["/api/schema/", "/api/asyncapi/"]
    assert [one for one in addresses if f'href="{one}"' not in html] == []
    assert [code for code in Code if f"#{code}" not in html] == []


def test_problems_page_keeps_the_sites_policy(client):
    response = client.get("/api/docs/problems/")

    assert response.status_code == 200
    assert "style-src 'self';" in response["Content-Security-Policy"]


def test_addresses_have_one_name_each():
    names = [name for name in get_resolver(api_urls.__name__).reverse_dict if type(name) is str]

    assert sorted(names) == sorted(
        pattern.name for pattern in api_urls.urlpatterns if pattern.name is not None
    )
