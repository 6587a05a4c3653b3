"""The mailbox page of a site without a mail server. There is none where DEV_MAIL is off."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from notifications.devmail_reading import LIST_MAX, Letter, list_headings, read_letter

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

# A mail brings its own styles and must do nothing else: no script, no request, no form.
# Its links open in the page around it.
_MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation"
)
_HEAD: Final = "<head>"
_HEAD_WITH_LINKS_OUT: Final = '<head><base target="_top">'


def _only_for_dev_mail(view: View[P]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.DEV_MAIL:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@_only_for_dev_mail
@require_safe
@never_cache
def show_list(request: HttpRequest) -> HttpResponse:
    """List the newest mail, `?to=` only of some recipients."""
    to = request.GET.get("to", "").strip()
    context = {"headings": list_headings(to=to), "to": to, "list_max": LIST_MAX}
    return render(request, "devmail/list.html", context)


@_only_for_dev_mail
@require_safe
@never_cache
def show_letter(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail: its text, and its HTML in a frame."""
    return render(request, "devmail/letter.html", {"letter": _letter_or_404(name)})


@_only_for_dev_mail
@require_safe
@never_cache
@xframe_options_sameorigin
def show_html(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 -- every view takes one
    """Return the HTML part alone, for the frame, able to do nothing but show itself."""
    letter = _letter_or_404(name)
    if not letter.html:
        raise Http404
    return HttpResponse(
        letter.html.replace(_HEAD, _HEAD_WITH_LINKS_OUT, 1),
        headers={"Content-Security-Policy": _MAIL_POLICY},
    )


def _letter_or_404(name: str) -> Letter:
    letter = read_letter(name)
    if letter is None:
        raise Http404
    return letter
