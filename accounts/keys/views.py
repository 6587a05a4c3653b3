"""The page of a member's keys."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.keys.forms import KeyForm
from accounts.keys.services import create_key, list_keys, revoke_key
from accounts.models import User
from accounts.recent import ask_for_proof
from core.errors import Problem


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_keys(request: HttpRequest) -> HttpResponse:
    """List the keys; make one, which is shown in this one answer."""
    user, form, made = _user(request), KeyForm(request.POST or None), None
    if form.is_valid():
        ask_for_proof(request)
        wanted = form.cleaned_data
        try:
            made = create_key(
                user=user,
                name=wanted["name"],
                scopes=wanted["scopes"],
                expires_at=form.expires_at,
                addresses=wanted["addresses"],
            )
        except Problem as problem:
            form.add_error(None, f"{problem.detail} {problem.meaning.hint}")
        else:
            form = KeyForm()
    context = {"form": form, "keys": list_keys(user), "made": made}
    return render(request, "accounts/keys.html", context)


@require_POST
@login_required
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Revoke a key."""
    if revoke_key(user=_user(request), key_id=key_id):
        messages.success(request, "The key opens nothing any more.")
    else:
        messages.info(request, "You have no such key.")
    return redirect("account_keys")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "login_required lets nobody else in"
    return request.user
