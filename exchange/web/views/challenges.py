"""Challenges: the lists, one by its link, making one, and the answers to it."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.models import User
from core.errors import Problem
from core.money import PAYOUT_TICKS
from exchange.markets.models import Market, MarketStatus
from exchange.markets.selectors import get_market, list_markets
from exchange.trading.models import Side
from exchange.web.challenge_forms import ChallengeForm
from exchange.web.challenges import ChallengeView, preview_side, view_challenge
from exchange.web.formatting import format_price
from exchange.web.paging import get_page
from exchange.web.viewer import get_viewer_account
from exchange.web.wording import describe_problem
from social.challenges.accepting import accept_challenge
from social.challenges.models import Challenge, ChallengeStatus
from social.challenges.results import get_record
from social.challenges.selectors import Box, count_incoming, get_challenge, list_challenges
from social.challenges.services import decline_challenge, offer_challenge, withdraw_challenge

ROWS_PER_PAGE: Final = 25
_MARKETS_PER_PAGE: Final = 30
_UNPROCESSABLE: Final = 422
_QUANTITY_AT_FIRST: Final = 10


@require_safe
@login_required
def show_challenges(request: HttpRequest, box: str = Box.INCOMING) -> HttpResponse:
    """Show what waits for the member, what waits for others, or what is decided."""
    member = _member(request)
    page = get_page(list_challenges(member, Box(box)), request.GET, size=ROWS_PER_PAGE)
    context = {
        "box": box,
        "page": page,
        "challenges": [view_challenge(row, viewer_id=member.pk) for row in page.rows],
        "incoming_count": count_incoming(member),
        "record": get_record(member),
    }
    return render(request, "web/challenges/list.html", context)


@require_safe
def show_challenge(request: HttpRequest, token: str) -> HttpResponse:
    """Show a challenge to whoever its link or its members' names let in."""
    challenge = _find(request, token)
    view = view_challenge(challenge, viewer_id=request.user.pk)
    context: dict[str, Any] = {"view": view, "challenge": challenge}
    if view.is_open:
        context |= _preview(request, challenge, view)
    if challenge.opponent is not None and request.user.is_authenticated:
        context["record"] = get_record(challenge.challenger, against=challenge.opponent)
    return render(request, "web/challenges/challenge.html", context)


@login_required
def make_challenge(request: HttpRequest) -> HttpResponse:
    """Choose a market, then say what is offered; see it by `?market=`, `to` and `outcome`."""
    slug = request.GET.get("market", "")
    if not slug:
        return _choose_market(request)
    market = get_market(slug)
    account = get_viewer_account(request)
    if account is None:
        return render(request, "web/unconfirmed.html")
    if request.method != "POST":
        form = ChallengeForm(market=market, initial=_initial(request, market))
        return _show_form(request, market, form)
    return _offer(request, market, ChallengeForm(request.POST, market=market))


@require_POST
@login_required
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Accept a challenge, then show it."""

    def call(challenge: Challenge, user: User) -> str:
        accepted = accept_challenge(challenge=challenge, user=user)
        if accepted.status == ChallengeStatus.ACCEPTED:
            return "Accepted: both sides are matched."
        return "Accepted. The book has not answered yet; this page will show what it says."

    return _answer(request, token, call)


@require_POST
@login_required
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Decline a challenge, then show it."""

    def call(challenge: Challenge, user: User) -> str:
        decline_challenge(challenge=challenge, user=user)
        return "Declined."

    return _answer(request, token, call)


@require_POST
@login_required
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Withdraw a challenge, then show it."""

    def call(challenge: Challenge, user: User) -> str:
        withdraw_challenge(challenge=challenge, user=user)
        return "Withdrawn."

    return _answer(request, token, call)


def _answer(
    request: HttpRequest, token: str, call: Callable[[Challenge, User], str]
) -> HttpResponse:
    challenge = _find(request, token)
    try:
        messages.success(request, call(challenge, _member(request)))
    except Problem as problem:
        messages.error(request, describe_problem(problem.as_json()))
    return HttpResponseRedirect(reverse("web:challenge", args=[token]))


def _offer(request: HttpRequest, market: Market, form: ChallengeForm) -> HttpResponse:
    if not form.is_valid():
        return _show_form(request, market, form, status=_UNPROCESSABLE)
    try:
        challenge = offer_challenge(challenger=_member(request), offer=form.offer())
    except Problem as problem:
        form.add_error(None, describe_problem(problem.as_json()))
        return _show_form(request, market, form, status=problem.status)
    told = challenge.opponent and f"{challenge.opponent.get_full_name()} has been told."
    messages.success(request, told or "Your challenge is ready: send its link to somebody.")
    return redirect(challenge)


def _show_form(
    request: HttpRequest, market: Market, form: ChallengeForm, *, status: int = 200
) -> HttpResponse:
    context = {"market": market, "form": form, "is_open": market.status == MarketStatus.OPEN}
    return render(request, "web/challenges/new.html", context, status=status)


@require_GET
def _choose_market(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:100]
    markets = list_markets(status=MarketStatus.OPEN, category="", q=q)
    page = get_page(markets, request.GET, size=_MARKETS_PER_PAGE)
    context = {"page": page, "q": q, "to": request.GET.get("to", "")[:40]}
    return render(request, "web/challenges/choose.html", context)


def _initial(request: HttpRequest, market: Market) -> dict[str, Any]:
    """Return what the form begins with: the contract asked for, at its last price."""
    contracts = {str(contract.pk): contract for contract in market.contracts.all()}
    first = next(iter(contracts.values()))
    contract = contracts.get(request.GET.get("contract", ""), first)
    step_ticks = market.price_step_ticks
    price_ticks = (contract.last_price_ticks or PAYOUT_TICKS // 2) // step_ticks * step_ticks
    return {
        "to": request.GET.get("to", "")[:40],
        "outcome": f"{contract.pk}-{Side.BUY}",
        "price": format_price(price_ticks, step_ticks),
        "quantity": _QUANTITY_AT_FIRST,
        "hours": "24",
    }


def _preview(request: HttpRequest, challenge: Challenge, view: ChallengeView) -> dict[str, Any]:
    account = get_viewer_account(request)
    if account is None:
        return {}
    side = challenge.side if view.is_mine else challenge.opponent_side
    return {"preview": preview_side(challenge, account, side)}


def _find(request: HttpRequest, token: str) -> Challenge:
    challenge = get_challenge(token, viewer=request.user if _is_user(request) else None)
    if challenge is None:
        message = "There is no such challenge, or it is not for you to see."
        raise Http404(message)
    return challenge


def _is_user(request: HttpRequest) -> bool:
    return isinstance(request.user, User)


def _member(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "login_required lets nobody else in"
    return request.user
