"""Markets in the admin: written as drafts, then moved through their life step by step."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from core.admin import CappedPaginator, SavesChangesOnly
from exchange.markets.models import Contract, Market, MarketStatus
from exchange.markets.services import free_slug, save_new_market
from exchange.trading.admin.step_pages import step_action, step_view
from exchange.trading.steps import ALLOWED_FROM, list_steps

_FIXED_ONCE_OPENED = ("event", "title", "rules", "has_other", "price_step_ticks")
_ALWAYS_SHOWN = ("slug", "status", "volume", "trade_count", "winner", "settled_at", "created_at")


class ContractInline(admin.TabularInline):  # type: ignore[type-arg]
    """The outcomes that have a book, in the order of the page. Fixed once opened."""

    model = Contract
    fields = ("name", "last_price_ticks")
    readonly_fields = ("last_price_ticks",)
    extra = 1
    min_num = 1
    max_num = 100

    def get_formset(
        self, request: HttpRequest, obj: Model | None = None, **kwargs: Any
    ) -> type[BaseInlineFormSet[Any, Any, Any]]:
        return super().get_formset(request, obj, validate_min=True, **kwargs)

    def has_add_permission(  # type: ignore[override]
        self, request: HttpRequest, obj: Model | None
    ) -> bool:
        return super().has_add_permission(request, obj) and _is_draft(obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_draft(obj)


@admin.register(Market)
class MarketAdmin(SavesChangesOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """A new market is a draft. Its status moves only by steps, through the inbox."""

    list_display = ("title", "event", "status", "closes_at", "volume", "trade_count")
    list_filter = ("status", "event__category")
    list_select_related = ("event",)
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    ordering = ("-pk",)
    search_fields = ("title", "slug", "event__title")
    autocomplete_fields = ("event",)
    inlines = (ContractInline,)
    actions = tuple(step_action(step) for step in ALLOWED_FROM)
    fields = (
        "event",
        "title",
        "rules",
        "closes_at",
        "has_other",
        "price_step_ticks",
        *_ALWAYS_SHOWN,
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return _ALWAYS_SHOWN if _is_draft(obj) else (*_FIXED_ONCE_OPENED, *_ALWAYS_SHOWN)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.show_step)
        return [path("step/<slug:step>/", view, name="markets_market_step"), *super().get_urls()]

    def show_step(self, request: HttpRequest, step: str) -> HttpResponse:
        """Say what a step would do (GET), take it (POST)."""
        return step_view(self, request, step)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        market = self.get_object(request, object_id)
        steps = _step_links(market) if self.has_change_permission(request, market) else []
        context = {"steps": steps} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)

    def save_model(
        self,
        request: HttpRequest,
        obj: Model,
        form: ModelForm[Any],
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        if change or not isinstance(obj, Market):
            super().save_model(request, obj, form, change)
            return
        obj.slug = free_slug(Market, obj.title)
        obj.shard = 0  # until its id, and so its shard, is known
        save_new_market(obj)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formset: BaseInlineFormSet[Any, Any, Any],
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        _number_new_contracts(formset)
        super().save_formset(request, form, formset, change)
        market = form.instance
        if market.contracts.count() == 1 and not market.has_other:
            # One contract always has an other side: No.
            Market.objects.filter(pk=market.pk).update(has_other=True)


def _is_draft(market: Model | None) -> bool:
    return not isinstance(market, Market) or market.status == MarketStatus.DRAFT


def _step_links(market: Model | None) -> list[dict[str, str]]:
    if not isinstance(market, Market):
        return []
    return [
        {
            "name": step.capitalize(),
            "url": f"{reverse('admin:markets_market_step', args=[step])}?ids={market.pk}",
        }
        for step in list_steps(market)
    ]


def _number_new_contracts(formset: BaseInlineFormSet[Any, Any, Any]) -> None:
    """Put new outcomes behind those that are there, in the order they were written."""
    kept = Contract.objects.filter(market=formset.instance).order_by("-position").first()
    position = -1 if kept is None else kept.position
    for form in formset.extra_forms:
        if form.has_changed() and not form.cleaned_data.get("DELETE"):
            position += 1
            form.instance.position = position
