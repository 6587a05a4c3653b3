"""What the admin pages of every app share: records are shown, never changed; lists stay fast."""

from __future__ import annotations

from datetime import UTC
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.functional import cached_property

from core.formatting import format_credits

admin.site.site_header = "Likely"
admin.site.site_title = "Likely admin"
admin.site.index_title = "Exchange"
admin.site.index_template = "admin/front.html"

_COUNTED_MAX = 10_000
_ID_MAX = 2**63 - 1


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts at most 10,000 rows: what is older is found by a search or filter, not by paging."""

    @cached_property
    def count(self) -> int:
        """Count the rows, up to the cap."""
        rows = cast("QuerySet[Model]", self.object_list)
        return rows.order_by()[:_COUNTED_MAX].count()


class FastListAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list over a table that may be huge: capped count, searched by indexed columns only.

    A search term that is a number is looked up in `search_ids`, any term in `search_texts`,
    exactly.
    """

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)
    search_ids: ClassVar[tuple[str, ...]] = ()
    search_texts: ClassVar[tuple[str, ...]] = ()

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.search_ids, *self.search_texts)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for term in search_term.split():
            queryset = queryset.filter(self._search(term))
        return queryset, False

    def _search(self, term: str) -> Q:
        found = Q(pk__in=())
        if term.isascii() and term.isdigit() and int(term) <= _ID_MAX:
            for name in self.search_ids:
                found |= Q(**{name: int(term)})
        for name in self.search_texts:
            found |= Q(**{name: term})
        return found


class RecordAdmin(FastListAdmin):
    """What has happened: shown to those who may view it, never added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SavesChangesOnly:
    """Saves the columns that were edited and no other: the book worker writes the rest."""

    def save_model(
        self,
        request: HttpRequest,
        obj: Model,
        form: ModelForm[Any],
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        if change and form.changed_data:
            obj.save(update_fields=form.changed_data)


def credits_column(field: str, title: str) -> Any:
    """Return a list column that shows an amount in ticks as credits."""

    @admin.display(description=title, ordering=field)
    def show(obj: Any) -> str:
        ticks = getattr(obj, field)
        return "" if ticks is None else format_credits(ticks)

    return show


def utc_column(field: str, title: str) -> Any:
    """Return a list column that shows a time in UTC, short enough for a narrow table."""

    @admin.display(description=f"{title} (UTC)", ordering=field)
    def show(obj: Any) -> str:
        moment = getattr(obj, field)
        return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"

    return show
