"""Every badge there is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from social.badges.selectors import count_badges


@require_safe
def show_badges(request: HttpRequest) -> HttpResponse:
    """Show what each badge is for, how many have it, and which the viewer has."""
    viewer = request.user if isinstance(request.user, User) else None
    return render(request, "web/badges.html", {"badges": count_badges(viewer)})
