"""What a member was told, how they want to be told, and the end of mails by a link in one."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.api.fields import read_id
from exchange.web.notification_forms import SettingsForm
from exchange.web.paging import get_page
from notifications.selectors import (
    count_unread,
    get_wishes,
    get_words,
    is_mailed,
    list_notifications,
)
from notifications.services import mark_read, save_wishes
from notifications.unsubscribing import Unsubscription, read_token, unsubscribe

ROWS_PER_PAGE: Final = 50
_NO_SUCH_LINK: Final = "This link is not whole. Copy it from the mail once more."


@require_safe
@login_required
def show_notifications(request: HttpRequest) -> HttpResponse:
    """List what the member was told, newest first."""
    user = _member(request)
    page = get_page(list_notifications(user), request.GET, size=ROWS_PER_PAGE)
    lines = [(row, get_words(row)) for row in page.rows]
    context = {"page": page, "lines": lines, "unread": count_unread(user)}
    return render(request, "web/notifications/list.html", context)


@require_POST
@login_required
def read_notifications(request: HttpRequest) -> HttpResponse:
    """Mark one notification, or all without an id, as read."""
    named = request.POST.get("id", "")
    mark_read(user=_member(request), ids=[read_id(named)] if named else None)
    return redirect("notifications:list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_settings(request: HttpRequest) -> HttpResponse:
    """Show and save the matrix of concern and channel."""
    user = _member(request)
    form = SettingsForm(request.POST or None, wishes=get_wishes(user), is_mailed=is_mailed(user))
    if request.method == "POST" and form.is_valid():
        save_wishes(user=user, wishes=form.wishes(), is_mailed=form.cleaned_data["is_mailed"])
        messages.success(request, "Saved.")
        return redirect("notifications:settings")
    return render(request, "web/notifications/settings.html", {"form": form})


@csrf_exempt  # a mail program posts without a page or a login: the signed link is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether mails like one shall end (GET), and end them (POST), without a login."""
    wanted = _wanted(token)
    if request.method == "POST":
        unsubscribe(wanted=wanted)
    context = {"wanted": wanted, "is_done": request.method == "POST"}
    return render(request, "web/notifications/stop.html", context)


def _wanted(token: str) -> Unsubscription:
    wanted = read_token(token)
    if wanted is None:
        raise Http404(_NO_SUCH_LINK)
    return wanted


def _member(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "login_required lets nobody else in"
    return request.user
