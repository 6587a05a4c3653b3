"""Back to the page that a form was on."""

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def go_back(request: HttpRequest, *, default: str) -> HttpResponseRedirect:
    """Redirect to the form's `next`, if it is a page of this site, else to `default`."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return HttpResponseRedirect(target if is_ours else default)
