"""Markets in the admin: written as drafts, then moved through their life step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.db.models import Model
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.urls import URLPattern, path, reverse

from core.admin import CappedPaginator, SavesChangesOnly, utc_column
from core.waiting import Work
from exchange.markets.announcing import announce_edit
from exchange.markets.models import Market, MarketStatus
from exchange.markets.services import apply_outcome_rules, free_slug, save_new_market
from exchange.trading.admin.contracts import ContractInline, is_draft, number_new_contracts
from exchange.trading.admin.step_pages import step_action, step_view
from exchange.trading.steps import ALLOWED_FROM, list_steps

_FIXED_ONCE_OPENED = ("event", "title", "rules", "has_other", "price_step_ticks")
_ALWAYS_SHOWN = ("slug", "status", "volume", "trade_count", "winner", "settled_at", "created_at")
_LABELS: Final = {
    "has_other": "There is an outcome without a book",
    "price_step_ticks": "Price step",
    "closes_at": "Closes at (UTC)",
}
_HELP_TEXTS: Final = {
    "has_other": (
        "None of the contracts may win: another team, none of these. "
        "A yes/no question always has it, No."
    ),
    "price_step_ticks": "In ten-thousandths of a credit: 100 is a step of 0.01, 10 of 0.001.",
    "closes_at": "In UTC. Trading ends by itself then; empty: when an operator closes it.",
}
_WAITING: Final = {
    MarketStatus.CLOSED: "closed, the result is awaited",
    MarketStatus.HALTED: "halted",
    MarketStatus.DRAFT: "not open yet",
}


@admin.display(description="event", ordering="event__title")
def _event_column(market: Market) -> str:
    # A function, as the admin never breaks the lines of a related object's own column.
    return market.event.title


@admin.register(Market)
class MarketAdmin(SavesChangesOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """A new market is a draft. Its status moves only by steps, through the inbox."""

    list_display = (
        "title",
        _event_column,
        "status",
        utc_column("closes_at", "closes"),
        "volume",
    )
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

    class Media:
        css: ClassVar = {"all": ("css/admin.css",)}

    def get_form(
        self,
        request: HttpRequest,
        obj: Model | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        **kwargs: Any,
    ) -> type[ModelForm[Any]]:
        return super().get_form(
            request, obj, change, labels=_LABELS, help_texts=_HELP_TEXTS, **kwargs
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return _ALWAYS_SHOWN if is_draft(obj) else (*_FIXED_ONCE_OPENED, *_ALWAYS_SHOWN)

    def waiting_work(self) -> Iterator[Work]:
        """Yield how many markets wait for a step of their life."""
        for status, text in _WAITING.items():
            count = Market.objects.filter(status=status).count()
            yield Work(count, f"market{pluralize(count)} {text}", f"status__exact={status}")

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

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formsets: Any,
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        super().save_related(request, form, formsets, change)
        announce_edit(form.instance)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formset: BaseInlineFormSet[Any, Any, Any],
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        number_new_contracts(formset)
        super().save_formset(request, form, formset, change)
        if is_draft(form.instance) and apply_outcome_rules(market=form.instance):
            messages.info(request, "One contract was made: Yes. No is its other side.")


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
