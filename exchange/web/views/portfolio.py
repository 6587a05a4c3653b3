"""What a member has: money, positions, orders, fills, ledger."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.ledger.models import Account
from exchange.ledger.selectors import list_transfers
from exchange.trading.selectors import list_fills, list_orders, list_positions
from exchange.web.holdings import sum_gains
from exchange.web.order_forms import ORDER_STATUSES, narrow_orders
from exchange.web.paging import get_page
from exchange.web.selectors import (
    get_fill_lines,
    get_holdings,
    get_ledger_lines,
    get_order_lines,
    list_results,
)
from exchange.web.viewer import get_viewer_account

ROWS_PER_PAGE: Final = 50
_ROWS_ON_OVERVIEW: Final = 10
_HOLDINGS_MAX: Final = 200

AccountView = Callable[[HttpRequest, Account], HttpResponse]


def with_account(view: AccountView) -> Callable[[HttpRequest], HttpResponse]:
    """Give a read-only view the member's account; the unconfirmed are told what to do."""

    @require_safe
    @login_required
    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponse:
        account = get_viewer_account(request)
        if account is None:
            return render(request, "web/unconfirmed.html")
        return view(request, account)

    return inner


@with_account
def show_portfolio(request: HttpRequest, account: Account) -> HttpResponse:
    """Show money, positions, results and the newest orders, fills and ledger lines."""
    transfers = list_transfers(account)[:_ROWS_ON_OVERVIEW]
    holdings = get_holdings(list_positions(account)[:_HOLDINGS_MAX])
    context = {
        "account": account,
        "holdings": holdings,
        "gain_now_ticks": sum_gains(holdings),
        "results": get_holdings(list_results(account)[:_ROWS_ON_OVERVIEW]),
        "orders": get_order_lines(list_orders(account, status="open")[:_HOLDINGS_MAX]),
        "fills": get_fill_lines(list_fills(account)[:_ROWS_ON_OVERVIEW], account),
        "lines": get_ledger_lines(transfers, account),
    }
    return render(request, "web/portfolio.html", context)


@with_account
def show_orders(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the orders of a status, or all, newest first."""
    status = request.GET.get("status", "")
    page = get_page(narrow_orders(account, status), request.GET, size=ROWS_PER_PAGE)
    context = {
        "account": account,
        "page": page,
        "orders": get_order_lines(page.rows),
        "status": status,
        "statuses": ORDER_STATUSES,
    }
    return render(request, "web/portfolio_orders.html", context)


@with_account
def show_fills(request: HttpRequest, account: Account) -> HttpResponse:
    """Show every fill, newest first."""
    page = get_page(list_fills(account), request.GET, size=ROWS_PER_PAGE)
    context = {"account": account, "page": page, "fills": get_fill_lines(page.rows, account)}
    return render(request, "web/portfolio_fills.html", context)


@with_account
def show_ledger(request: HttpRequest, account: Account) -> HttpResponse:
    """Show every movement of money, newest first."""
    page = get_page(list_transfers(account), request.GET, size=ROWS_PER_PAGE)
    lines = get_ledger_lines(page.rows, account)
    context = {"account": account, "page": page, "lines": lines}
    return render(request, "web/portfolio_ledger.html", context)
