"""The settings pages: each parses a form, calls one service and leads back to itself."""

from typing import IO, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services, sessions
from accounts.avatars import BadPictureError
from accounts.export import export_response
from accounts.models import Theme, User
from accounts.recent import ask_for_proof
from accounts.settings_forms import AvatarForm, DisplayForm, PrivacyForm, ProfileForm

_page = require_http_methods(["GET", "HEAD", "POST"])


@_page
@login_required
def edit_profile(request: HttpRequest) -> HttpResponse:
    """Show and change the handle, the name, a few words."""
    user = _user(request)
    form = ProfileForm(request.POST or None, instance=_copy(user))
    if form.is_valid():
        try:
            services.update_profile(user=user, **form.cleaned_data)
        except services.HandleTakenError:
            form.add_error("handle", "This handle is taken.")
        else:
            return _done(request, "Your profile is saved.", "account_profile")
    return _show_profile(request, form, AvatarForm())


@require_POST
@login_required
def change_avatar(request: HttpRequest) -> HttpResponse:
    """Take a new picture, or take the picture away."""
    user = _user(request)
    if "remove" in request.POST:
        services.remove_avatar(user=user)
        return _done(request, "Your picture is gone.", "account_profile")
    form = AvatarForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.set_avatar(user=user, upload=cast(IO[bytes], form.cleaned_data["picture"]))
        except BadPictureError as bad:
            form.add_error("picture", str(bad))
        else:
            return _done(request, "Your new picture is shown.", "account_profile")
    return _show_profile(request, ProfileForm(instance=_copy(user)), form)


@_page
@login_required
def edit_display(request: HttpRequest) -> HttpResponse:
    """Show and change how pages look."""
    user = _user(request)
    form = DisplayForm(request.POST or None, instance=_copy(user))
    if form.is_valid():
        services.update_display(user=user, **form.cleaned_data)
        return _done(request, "Pages look so from now on.", "account_display")
    return render(request, "accounts/display.html", {"form": form})


@require_POST
@login_required
def change_theme(request: HttpRequest) -> HttpResponse:
    """Keep what the switch in the header was set to."""
    theme = request.POST.get("theme", "")
    if theme not in Theme.values:
        return HttpResponse(status=400)
    services.update_theme(user=_user(request), theme=theme)
    return HttpResponse(status=204)


@_page
@login_required
def edit_privacy(request: HttpRequest) -> HttpResponse:
    """Show and change who sees what."""
    user = _user(request)
    form = PrivacyForm(request.POST or None, instance=_copy(user))
    if form.is_valid():
        services.update_privacy(user=user, audiences=form.cleaned_data)
        return _done(request, "Saved. It holds at once, everywhere on the site.", "account_privacy")
    return render(request, "accounts/privacy.html", {"form": form})


@require_safe
@login_required
def show_security(request: HttpRequest) -> HttpResponse:
    """Show what keeps the account safe, with the way to each."""
    return render(request, "accounts/security.html", sessions.get_security(_user(request)))


@require_POST
@login_required
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Log the member out somewhere else."""
    if sessions.end_session(user=_user(request), session_id=session_id):
        messages.success(request, "Logged out there.")
    return redirect("usersessions_list")


@require_safe
@login_required
def show_data(request: HttpRequest) -> HttpResponse:
    """Show what can be taken along."""
    return render(request, "accounts/data.html")


@require_POST
@login_required
def export_data(request: HttpRequest) -> StreamingHttpResponse:
    """Send all that is kept of the member, to who has shown that it is they."""
    ask_for_proof(request)
    return export_response(_user(request))


def _show_profile(request: HttpRequest, form: ProfileForm, avatar_form: AvatarForm) -> HttpResponse:
    context = {"form": form, "avatar_form": avatar_form}
    return render(request, "accounts/profile.html", context)


def _done(request: HttpRequest, text: str, name: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(name)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "login_required lets nobody else in"
    return request.user


def _copy(user: User) -> User:
    """Return the user for a form to write on: what is refused is not shown as if it were so."""
    return User.objects.get(pk=user.pk)
