"""The middleware that touches every answer."""

import re

import pytest
import structlog
from django.http import HttpResponse

from core.middleware import ContentSecurityPolicyMiddleware, RequestIdMiddleware


def test_request_id_is_new_for_each_request_and_bound_while_it_runs(rf):
    bound = []

    def answer(request):
        bound.append(structlog.contextvars.get_contextvars()["request_id"])
        return HttpResponse()

    middleware = RequestIdMiddleware(answer)
    ids = [middleware(rf.get("/"))["X-Request-ID"] for _ in range(2)]
    assert ids == bound
    assert ids[0] != ids[1]
    assert all(re.fullmatch(r"[0-9a-f]{32}", value) for value in ids)
    assert "request_id" not in structlog.contextvars.get_contextvars()


def test_request_id_of_a_stranger_is_not_taken_over(rf):
    middleware = RequestIdMiddleware(lambda _: HttpResponse())
    response = middleware(rf.get("/", headers={"x-request-id": "forged\r\nline"}))
    assert "forged" not in response["X-Request-ID"]


def test_policy_allows_scripts_and_styles_of_the_site_alone(rf):
    response = ContentSecurityPolicyMiddleware(lambda _: HttpResponse())(rf.get("/"))
    policy = dict(
        part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";")
    )
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]


def test_page_may_bring_a_policy_of_its_own(rf):
    own = {"Content-Security-Policy": "default-src 'none'"}
    response = ContentSecurityPolicyMiddleware(lambda _: HttpResponse(headers=own))(rf.get("/"))
    assert response["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/markets/", "/admin/login/"])
def test_query_with_a_nul_is_refused(client, path):
    assert client.get(path + "?status__exact=%00").status_code == 400


@pytest.mark.django_db
def test_api_answers_a_nul_with_a_problem_of_its_own(client):
    answer = client.get("/api/v1/markets/?q=%00")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
