"""The buttons that follow a member or a market: by the API, then back to the page."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from exchange.web.api_bridge import call_api
from exchange.web.returning import go_back
from exchange.web.wording import describe_problem


@require_POST
def follow_member(request: HttpRequest, handle: str) -> HttpResponse:
    """Follow a member, or follow them no more."""
    page = reverse("accounts:member", args=[handle])
    return _follow(request, reverse("api:member-follow", args=[handle]), page)


@require_POST
def follow_market(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a market, or follow it no more."""
    page = reverse("web:market", args=[slug])
    return _follow(request, reverse("api:market-follow", args=[slug]), page)


def _follow(request: HttpRequest, path: str, page: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(page)
    method = "DELETE" if request.POST.get("follow") == "0" else "PUT"
    answer = call_api(request, method, path)
    if not answer.is_ok:
        messages.error(request, describe_problem(answer.body))
    return go_back(request, default=page)
