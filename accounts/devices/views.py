"""The page on which a member lets a program in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.devices.guesses import count_guess
from accounts.devices.services import decide, find_waiting
from accounts.models import User
from accounts.recent import ask_for_proof


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def confirm_device(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then whether the program that shows it may have a key."""
    assert isinstance(request.user, User), "login_required lets nobody else in"
    typed = request.POST.get("user_code") or request.GET.get("user_code") or ""
    is_allowed_to_guess = not typed or count_guess(request.user)
    grant = find_waiting(typed) if typed and is_allowed_to_guess else None
    if request.method == "POST" and grant is not None and "decision" in request.POST:
        ask_for_proof(request)
        is_allowed = request.POST["decision"] == "allow"
        if decide(grant_id=grant.pk, user=request.user, is_allowed=is_allowed):
            told = "is logged in. You may go back to it" if is_allowed else "was not let in"
            messages.success(request, f"“{grant.client_name}” {told}.")
        return redirect("account_keys")
    context = {
        "grant": grant,
        "typed": typed,
        "is_wrong": bool(typed) and grant is None,
        "may_guess": is_allowed_to_guess,
    }
    return render(request, "accounts/device.html", context)
