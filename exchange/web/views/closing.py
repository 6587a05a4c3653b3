"""The page on which a member closes the account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import may_leave
from accounts.models import User
from accounts.recent import ask_for_proof
from core.errors import Problem
from exchange.trading.closing import StillHoldsError, list_held
from exchange.web.closing import close_account
from exchange.web.closing_forms import ClosingForm
from exchange.web.viewer import get_viewer_account
from exchange.web.wording import describe_problem


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_closing(request: HttpRequest) -> HttpResponse:
    """Say what closing means, and close the account of who has shown that it is theirs."""
    ask_for_proof(request)
    user = _member(request)
    form = ClosingForm(request.POST or None, user=user)
    if may_leave(user) and form.is_valid():
        try:
            close_account(user=user)
        except StillHoldsError:
            form.add_error(None, "You hold something that has no result yet.")
        except Problem as problem:
            form.add_error(None, describe_problem(problem.as_json()))
        else:
            logout(request)
            messages.success(request, "Your account is closed.")
            return redirect("web:home")
    return render(request, "web/close_account.html", {"form": form, **_facts(request)})


def _facts(request: HttpRequest) -> dict[str, object]:
    account = get_viewer_account(request)
    return {
        "held": [] if account is None else list_held(account),
        "balance_ticks": 0 if account is None else account.balance_ticks,
    }


def _member(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "login_required lets nobody else in"
    return request.user
