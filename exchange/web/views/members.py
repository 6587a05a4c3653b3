"""A member's page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import find_former, get_member
from exchange.web.member_tabs import TABS
from exchange.web.members import Tab, get_member_page

_BY_NAME = {tab.name: tab for tab in TABS}


@require_safe
def show_member(request: HttpRequest, handle: str, tab: str = "overview") -> HttpResponse:
    """Show a tab of a member's page; other spellings and former handles lead to the right one."""
    member, shown = _find_member(handle), _find_tab(tab)
    address = _address(member, shown)
    if request.path != address:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address)
    page = get_member_page(request, member)
    context = {"member_page": page, "member": member, "tab": shown, "tabs": _tabs(member)}
    return render(request, shown.template, {**context, **shown.load(request, page)})


def _find_member(handle: str) -> User:
    member = get_member(handle) or find_former(handle)
    if member is None:
        message = "There is no member of this name."
        raise Http404(message)
    return member


def _find_tab(name: str) -> Tab:
    if name not in _BY_NAME:
        message = "A member's page has no such part."
        raise Http404(message)
    return _BY_NAME[name]


def _tabs(member: User) -> list[tuple[Tab, str]]:
    return [(tab, _address(member, tab)) for tab in TABS if tab.is_listed]


def _address(member: User, tab: Tab) -> str:
    if tab is TABS[0]:
        return member.get_absolute_url()
    return reverse("accounts:member-tab", args=[member.handle, tab.name])
