"""What waits for an operator, on the admin's front page."""

from typing import Any

from django import template
from django.contrib import admin

from core.waiting import WaitingWork, list_waiting_work

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_work(context: dict[str, Any]) -> list[WaitingWork]:
    """Return what waits for whoever asks."""
    return list_waiting_work(admin.site, context["request"])
