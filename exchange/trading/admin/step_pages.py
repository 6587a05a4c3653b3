"""The pages that ask before a step is taken, and the taking itself: through the gateway only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from core.errors import MEANINGS, Code, Problem
from core.formatting import format_credits
from exchange.markets.models import Contract, Market
from exchange.trading.gateway import submit_lifecycle
from exchange.trading.steps import ALLOWED_FROM, Forecast, Outcome, forecast_step

_OTHER: Final = "other"
_MARKETS_MAX: Final = 100
_CODES: Final = frozenset(Code)
_DONE: Final = {
    "open": "opened",
    "halt": "halted",
    "resume": "resumed",
    "close": "closed",
    "settle": "settled",
    "void": "voided",
}

Action = Callable[[Any, HttpRequest, QuerySet[Market]], HttpResponse | None]


def step_action(step: str) -> Action:
    """Return the list's action that leads to the page of a step for the chosen markets."""

    @admin.action(description=f"{step.capitalize()} the chosen markets", permissions=["change"])
    def go(_: Any, request: HttpRequest, chosen: QuerySet[Market]) -> HttpResponse | None:
        ids = list(chosen.order_by("pk").values_list("pk", flat=True)[: _MARKETS_MAX + 1])
        if len(ids) > _MARKETS_MAX:
            messages.error(request, f"Choose at most {_MARKETS_MAX} markets at a time.")
            return None
        if step == "settle" and len(ids) > 1:
            messages.error(request, "Settle markets one by one: each has a winner of its own.")
            return None
        query = "&".join(f"ids={pk}" for pk in ids)
        return redirect(f"{reverse('admin:markets_market_step', args=[step])}?{query}")

    go.__name__ = f"{step}_markets"
    return go


def step_view(model_admin: admin.ModelAdmin[Any], request: HttpRequest, step: str) -> HttpResponse:
    """Answer the page of a step: GET says what it would do, POST takes it."""
    if step not in ALLOWED_FROM:
        raise Http404
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    if request.method == "POST":
        return _take(model_admin, request, step, _markets(request.POST.getlist("ids")))
    if request.method in {"GET", "HEAD"}:
        return _ask(model_admin, request, step, _markets(request.GET.getlist("ids")))
    return HttpResponseNotAllowed(["GET", "POST"])


def _markets(ids: Sequence[str]) -> list[Market]:
    """Return the markets that a request names, at most 100; Http404 for none."""
    numbers = [int(pk) for pk in ids[:_MARKETS_MAX] if pk.isascii() and pk.isdigit()]
    markets = Market.objects.filter(pk__in=numbers).select_related("event")
    found = list(markets.prefetch_related("contracts").order_by("pk"))
    if not found:
        raise Http404
    return found


def _ask(
    model_admin: admin.ModelAdmin[Any], request: HttpRequest, step: str, markets: Sequence[Market]
) -> HttpResponse:
    forecasts = [forecast_step(market, step) for market in markets]
    allowed = [forecast for forecast in forecasts if forecast.allowed]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{step.capitalize()}: are you sure?",
        "opts": model_admin.opts,
        "step": step,
        "step_name": step.capitalize(),
        "forecasts": forecasts,
        "allowed": allowed,
        "outcomes": _choices(allowed[0]) if step == "settle" and len(allowed) == 1 else [],
    }
    return TemplateResponse(request, "admin/markets/market/step.html", context)


def _choices(forecast: Forecast) -> list[dict[str, Any]]:
    return [
        {
            "value": _value(outcome),
            "name": outcome.name,
            "winners": outcome.winners,
            "losers": outcome.losers,
            "paid": format_credits(outcome.paid_ticks),
        }
        for outcome in forecast.outcomes
    ]


def _value(outcome: Outcome) -> str:
    return str(outcome.contract.pk) if outcome.contract is not None else _OTHER


def _take(
    model_admin: admin.ModelAdmin[Any], request: HttpRequest, step: str, markets: Sequence[Market]
) -> HttpResponse:
    only = markets[0] if len(markets) == 1 else None
    if step == "settle":
        winners = [] if only is None else list(_winners(only, request.POST.get("winner", "")))
        if only is None or not winners:
            messages.error(request, "Choose the outcome that won.")
            return _ask(model_admin, request, step, markets)
        _submit(model_admin, request, step, only, winners[0])
    else:
        for market in markets:
            _submit(model_admin, request, step, market, None)
    if only is not None:
        return redirect("admin:markets_market_change", only.pk)
    return redirect("admin:markets_market_changelist")


def _winners(market: Market, value: str) -> Iterator[Contract | None]:
    """Yield the outcome that was chosen: a contract, None for the one without a book."""
    if value == _OTHER and market.has_other:
        yield None
    for contract in market.contracts.all():
        if str(contract.pk) == value:
            yield contract


def _submit(
    model_admin: admin.ModelAdmin[Any],
    request: HttpRequest,
    step: str,
    market: Market,
    winner: Contract | None,
) -> None:
    """Take a step with one market, tell what the book said, and keep it in the admin's log."""
    user: Any = request.user
    try:
        answer = submit_lifecycle(user=user, market=market, action=step, winner=winner)
    except Problem as problem:
        messages.error(request, f"{market}: not {_DONE[step]}. {problem.detail}")
        return
    if answer.pending:
        messages.warning(
            request, f"{market}: received. No book worker has answered yet; look again later."
        )
    elif answer.reason:
        code = Code(answer.reason) if answer.reason in _CODES else Code.INTERNAL_ERROR
        messages.error(request, f"{market}: not {_DONE[step]}. {MEANINGS[code].title}.")
        return
    else:
        messages.success(request, f"{market}: {_DONE[step]}.")
    model_admin.log_change(request, market, _log_text(step, winner))


def _log_text(step: str, winner: Contract | None) -> str:
    if step != "settle":
        return f"{step.capitalize()}."
    return f"Settle: {winner or 'the outcome without a book'}."
