"""A member's own orders, looked at, changed and cancelled without JavaScript: by the API."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.markets.selectors import get_market
from exchange.trading.models import Order
from exchange.trading.selectors import get_order, list_fills_of_order, list_orders
from exchange.web.api_bridge import ApiAnswer, call_api
from exchange.web.lines import OrderLine
from exchange.web.order_forms import EditForm
from exchange.web.returning import go_back
from exchange.web.selectors import get_fill_lines, get_order_lines
from exchange.web.viewer import get_viewer_account
from exchange.web.wording import describe_change, describe_problem, place_errors

ORDERS_PATH: Final = "/api/v1/orders/"
CANCEL_ALL_PATH: Final = "/api/v1/orders/cancel-all/"
_FILLS_SHOWN: Final = 50
_UNPROCESSABLE: Final = 422


@require_safe
@login_required
def show_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Show one of the viewer's orders: its terms, where it stands, its fills, how to change it."""
    line = _find_line(request, order_id)
    if line is None:
        return render(request, "web/order_pending.html")
    return _render_order(request, line, EditForm(line=line))


@require_POST
def cancel_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Cancel an order, then go back to the page the button was on."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("web:portfolio"))
    answer = call_api(request, "DELETE", f"{ORDERS_PATH}{order_id}/")
    _tell(request, answer, "Order cancelled.")
    return _go_back(request)


@require_POST
def edit_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Give an order another price or quantity, then show what became of it."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("web:order-page", args=[order_id]))
    line = _find_line(request, order_id)
    if line is None:
        return redirect("web:order-page", order_id)
    form = EditForm(request.POST, line=line)
    if not form.is_valid():
        return _render_order(request, line, form, status=_UNPROCESSABLE)
    if not form.has_changed():
        messages.info(request, "Nothing was changed.")
        return redirect("web:order-page", order_id)
    answer = call_api(request, "PATCH", f"{ORDERS_PATH}{order_id}/", form.api_body())
    if not answer.is_ok:
        place_errors(form, answer.body)
        return _render_order(request, line, form, status=answer.status, problem=answer.body)
    messages.success(request, describe_change(answer.body, order_id))
    return redirect("web:order-page", answer.body["id"])


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_all(request: HttpRequest) -> HttpResponse:
    """Ask whether all open orders, or those in one market, shall go; then cancel them."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("web:portfolio"))
    slug = (request.POST if request.method == "POST" else request.GET).get("market", "")
    market = get_market(slug) if slug else None
    if request.method == "POST":
        return _cancel_all(request, market)
    account = get_viewer_account(request)
    if account is None:
        return render(request, "web/unconfirmed.html")
    orders = list_orders(account, status="open")
    orders = orders.filter(market=market) if market else orders
    context = {"market": market, "count": orders.count()}
    return render(request, "web/cancel_all.html", context)


def _cancel_all(request: HttpRequest, market: Market | None) -> HttpResponse:
    body = {"market": market.slug} if market else {}
    answer = call_api(request, "POST", CANCEL_ALL_PATH, body)
    cancelled: Any = answer.body.get("cancelled", ())
    count = len(cancelled)
    _tell(request, answer, f"{count} order{'' if count == 1 else 's'} cancelled.")
    back = reverse("web:market", args=[market.slug]) if market else reverse("web:portfolio")
    return redirect(f"{back}#orders")


def _find_line(request: HttpRequest, order_id: int) -> OrderLine | None:
    """Return one of the viewer's orders, None while the book has not judged it; else Http404."""
    account = get_viewer_account(request)
    order = None if account is None else get_order(account, order_id)
    if order is None:
        message = "There is no such order among yours."
        raise Http404(message)
    return get_order_lines([order])[0] if isinstance(order, Order) else None


def _render_order(
    request: HttpRequest,
    line: OrderLine,
    form: EditForm,
    *,
    status: int = 200,
    problem: Mapping[str, Any] | None = None,
) -> HttpResponse:
    account: Account = line.order.account
    fills = list_fills_of_order(account, line.order.pk)[:_FILLS_SHOWN]
    context = {
        "line": line,
        "order": line.order,
        "market": line.order.market,
        "form": form,
        "problem": problem,
        "fills": get_fill_lines(fills, account),
    }
    return render(request, "web/order.html", context, status=status)


def _tell(request: HttpRequest, answer: ApiAnswer, done: str) -> None:
    if answer.is_ok:
        messages.success(request, done)
    else:
        messages.error(request, describe_problem(answer.body))


def _go_back(request: HttpRequest) -> HttpResponse:
    return go_back(request, default=reverse("web:portfolio"))
