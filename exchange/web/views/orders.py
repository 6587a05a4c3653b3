"""The forms that place and cancel orders without JavaScript: by the API, as a bot would."""

from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from exchange.markets.models import Market
from exchange.markets.selectors import get_market
from exchange.web.api_bridge import ApiAnswer, call_api
from exchange.web.forms import ReduceForm, TicketForm
from exchange.web.previews import read_preview
from exchange.web.selectors import get_market_view
from exchange.web.viewer import get_viewer_account
from exchange.web.views.market import TicketState, new_client_order_id, render_market
from exchange.web.wording import describe_answer, describe_problem, is_placed, place_errors

ORDERS_PATH: Final = "/api/v1/orders/"
PREVIEW_PATH: Final = "/api/v1/orders/preview/"
_UNPROCESSABLE: Final = 422
_SERVER_ERROR: Final = 500


@require_POST
def submit_ticket(request: HttpRequest, slug: str) -> HttpResponse:
    """Preview or place the order of a market page's ticket."""
    market = get_market(slug)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("web:market", args=[slug]))
    form = TicketForm(request.POST, market=market)
    if not form.is_valid():
        return _show_again(request, market, form, status=_UNPROCESSABLE)
    if request.POST.get("action") == "place":
        return _place(request, market, form)
    return _preview(request, market, form)


@require_POST
def cancel_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Cancel an order, then go back to the page the button was on."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("web:portfolio"))
    answer = call_api(request, "DELETE", f"{ORDERS_PATH}{order_id}/")
    _tell(request, answer, "Order cancelled.")
    return _go_back(request)


@require_POST
def reduce_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Take contracts off an order; it keeps its place in the queue."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("web:portfolio"))
    form = ReduceForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Reduce by a whole number of contracts, from 1 up.")
        return _go_back(request)
    body = {"reduce_by": form.cleaned_data["by"]}
    answer = call_api(request, "PATCH", f"{ORDERS_PATH}{order_id}/", body)
    _tell(request, answer, "Order reduced; it kept its place in the queue.")
    return _go_back(request)


def _place(request: HttpRequest, market: Market, form: TicketForm) -> HttpResponse:
    client_order_id = str(form.cleaned_data["client_order_id"] or new_client_order_id())
    body = form.api_body() | {"client_order_id": client_order_id}
    answer = call_api(request, "POST", ORDERS_PATH, body)
    if answer.is_ok:
        tell = messages.success if is_placed(answer.body) else messages.warning
        tell(request, describe_answer(answer.body))
        return HttpResponseRedirect(_market_path(market, form))
    # After a failure on our side the same id makes a second try safe.
    kept = client_order_id if answer.status >= _SERVER_ERROR else ""
    return _show_again(request, market, form, answer=answer, client_order_id=kept)


def _preview(request: HttpRequest, market: Market, form: TicketForm) -> HttpResponse:
    answer = call_api(request, "POST", PREVIEW_PATH, form.api_body())
    kept = str(form.cleaned_data["client_order_id"] or "")
    return _show_again(request, market, form, answer=answer, client_order_id=kept)


def _show_again(
    request: HttpRequest,
    market: Market,
    form: TicketForm,
    *,
    answer: ApiAnswer | None = None,
    client_order_id: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the market page with what was typed, and what the API said to it."""
    refused = answer is not None and not answer.is_ok
    if answer is not None and refused:
        place_errors(form, answer.body)
    ticket = TicketState(
        form=form,
        client_order_id=client_order_id or new_client_order_id(),
        preview=read_preview(answer.body, form) if answer is not None and not refused else None,
        problem=answer.body if answer is not None and refused else None,
    )
    account = get_viewer_account(request)
    view = get_market_view(market, account)
    return render_market(
        request, view, account, ticket, status=answer.status if answer and refused else status
    )


def _market_path(market: Market, form: TicketForm) -> str:
    """Return the market page with the same outcome and side chosen."""
    chosen = {name: form.cleaned_data[name] for name in ("contract", "side")}
    return f"{reverse('web:market', args=[market.slug])}?{urlencode(chosen)}#orders"


def _tell(request: HttpRequest, answer: ApiAnswer, done: str) -> None:
    if answer.is_ok:
        messages.success(request, done)
    else:
        messages.error(request, describe_problem(answer.body))


def _go_back(request: HttpRequest) -> HttpResponse:
    """Redirect to the form's `next`, if it is a page of this site."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = reverse("web:portfolio")
    return HttpResponseRedirect(target)
