"""The ticket without JavaScript: previewed and placed by the API, as a bot would."""

from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from exchange.markets.models import Market
from exchange.markets.selectors import get_market
from exchange.web.api_bridge import ApiAnswer, call_api
from exchange.web.previews import read_preview
from exchange.web.selectors import get_market_view
from exchange.web.ticket_forms import TicketForm
from exchange.web.viewer import get_viewer_account
from exchange.web.views.market import TicketState, new_client_order_id, render_market
from exchange.web.wording import describe_answer, is_placed, place_errors

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
