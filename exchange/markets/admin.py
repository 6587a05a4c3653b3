"""Events in the admin. Their markets are in exchange.trading.admin, which knows the books."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from core.admin import utc_column
from exchange.markets.announcing import announce_edit
from exchange.markets.forms import EventForm
from exchange.markets.models import Event
from exchange.markets.services import free_slug


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What markets are about. An event that has markets cannot be deleted."""

    form = EventForm
    list_display = ("title", "category", utc_column("starts_at", "starts"))
    list_filter = ("category",)
    search_fields = ("title", "slug")
    ordering = ("-pk",)
    show_full_result_count = False
    fields = ("title", "category", "starts_at", "slug", "metadata", "created_at")
    readonly_fields = ("slug", "created_at")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, Event) and obj.markets.exists():
            return False
        return super().has_delete_permission(request, obj)

    def save_model(
        self,
        request: HttpRequest,
        obj: Event,
        form: ModelForm[Any],
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        if not change:
            obj.slug = free_slug(Event, obj.title)
        super().save_model(request, obj, form, change)
        announce_edit(obj)
