"""What the book worker and the gateway wrote: shown, never changed."""

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import pluralize

from core.admin import RecordAdmin, credits_column
from core.formatting import format_price
from core.waiting import Work
from exchange.trading.dead_letters import REQUEUED, requeue
from exchange.trading.models import (
    DeadLetter,
    InboxCommand,
    JournalBatch,
    Order,
    Outcome,
    Position,
    Trade,
)
from exchange.trading.subscribing.models import JournalCursor

_SHOWN_MAX: Final = 20_000


@admin.display(description="price", ordering="price_ticks")
def price_column(obj: Order | Trade) -> str:
    """Return a price with the decimals of its market."""
    return format_price(obj.price_ticks, obj.market.price_step_ticks)


@admin.register(Order)
class OrderAdmin(RecordAdmin):
    """Every order, from its first judgement on."""

    list_display = (
        "id",
        "account",
        "market",
        "contract",
        "side",
        price_column,
        "quantity",
        "filled_quantity",
        "open_quantity",
        "status",
        "reason",
        "received_at",
    )
    list_filter = ("status", "side")
    list_select_related = ("account", "market", "contract")
    search_ids = ("pk", "account_id", "market_id")
    search_texts = ("account__code", "account__owner__handle")


@admin.register(Trade)
class TradeAdmin(RecordAdmin):
    """Every match."""

    list_display = (
        "id",
        "executed_at",
        "market",
        "contract",
        price_column,
        "quantity",
        "maker_account",
        "taker_account",
        "taker_side",
    )
    list_select_related = ("market", "contract", "maker_account", "taker_account")
    search_ids = ("pk", "market_id", "maker_account_id", "taker_account_id")


@admin.register(Position)
class PositionAdmin(RecordAdmin):
    """What accounts hold."""

    list_display = (
        "account",
        "market",
        "contract",
        "quantity",
        credits_column("cash_ticks", "cash"),
        credits_column("settled_ticks", "settled"),
    )
    list_select_related = ("account", "market", "contract")
    search_ids = ("account_id", "market_id")
    search_texts = ("account__code", "account__owner__handle")


@admin.register(JournalBatch)
class JournalBatchAdmin(RecordAdmin):
    """The journal. Its entries may be long: a list leaves them out, a page shows their start."""

    list_display = ("shard", "number", "epoch", "time_ms", "digest")
    list_filter = ("shard",)
    search_ids = ("number",)
    search_texts = ("digest",)
    fields = ("shard", "number", "epoch", "time_ms", "digest", "facts_shown", "entries_shown")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and str(match.url_name).endswith("changelist")
        return rows.defer("facts", "entries") if is_list else rows

    @admin.display(description="facts")
    def facts_shown(self, batch: JournalBatch) -> str:
        """Return the start of the facts."""
        return batch.facts[:_SHOWN_MAX]

    @admin.display(description="entries")
    def entries_shown(self, batch: JournalBatch) -> str:
        """Return the start of the entries."""
        return batch.entries[:_SHOWN_MAX]


@admin.register(InboxCommand)
class InboxCommandAdmin(RecordAdmin):
    """What waits to be judged: empty but for moments, while a book worker runs."""

    list_display = ("id", "shard", "kind", "account", "user", "received_at_ms")
    list_filter = ("shard", "kind")
    list_select_related = ("account", "user")
    search_ids = ("pk", "account_id")


@admin.register(Outcome)
class OutcomeAdmin(RecordAdmin):
    """What commands other than orders came to."""

    list_display = ("command_id", "kind", "reason", "market_seq", "account_seq", "decided_at")
    list_filter = ("kind",)
    search_ids = ("pk",)


@admin.register(DeadLetter)
class DeadLetterAdmin(RecordAdmin):
    """Commands that broke the engine, answered as internal_error."""

    list_display = ("command_id", "shard", "kind", "requeued_as", "created_at")
    list_filter = ("shard", "kind")
    search_ids = ("pk",)
    actions = ("requeue",)

    def waiting_work(self) -> Iterator[Work]:
        """Yield how many steps of markets broke and were not asked for again."""
        count = DeadLetter.objects.filter(kind__in=REQUEUED, requeued_as=None).count()
        yield Work(count, f"step{pluralize(count)} of markets that broke", is_alarm=True)

    def has_requeue_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may have commands judged again: who may change dead letters."""
        return request.user.has_perm("trading.change_deadletter")

    @admin.action(
        description="Put into the inbox again (steps of markets only)", permissions=["requeue"]
    )
    def requeue(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> None:
        """Send steps of markets once more, as new commands."""
        count = requeue(letters, user_id=request.user.pk)
        self.message_user(request, f"{count} commands are judged again.")


@admin.register(JournalCursor)
class JournalCursorAdmin(RecordAdmin):
    """How far each subscriber has read each shard's journal."""

    list_display = ("subscriber", "shard", "number")
