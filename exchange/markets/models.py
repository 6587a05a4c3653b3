"""What is traded: events, their markets, the contracts of each market."""

from django.db import models
from django.db.models import Q
from django.db.models.lookups import Exact

from core.sql import JsonType


class MarketStatus(models.TextChoices):
    """Where a market stands. Only the book worker moves it (but out of nothing into draft)."""

    DRAFT = "draft", "not open yet"
    OPEN = "open"
    HALTED = "halted"
    CLOSED = "closed"
    SETTLED = "settled"
    VOIDED = "voided"


class Event(models.Model):
    """Something that will happen: an election, a match.

    `metadata` is what is worth knowing about it besides; metadata.py says what it may hold.
    On PostgreSQL an index answers what it contains.
    """

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    category = models.CharField(max_length=60, db_index=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Exact(JsonType("metadata"), "object"), name="event_metadata_is_object"
            ),
        )

    def __str__(self) -> str:
        return self.title


class Market(models.Model):
    """One question about an event: exactly one of its outcomes wins, or it is voided.

    `has_other` says that an outcome without a book exists ("No", "another team"): always so
    with one contract. `seq` numbers everything that happens in the market, without gaps.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="markets")
    title = models.CharField(max_length=300)
    slug = models.SlugField(max_length=160, unique=True, allow_unicode=True)
    rules = models.TextField(help_text="What must be true for each outcome, and the source.")
    has_other = models.BooleanField(default=False)
    price_step_ticks = models.PositiveIntegerField(default=100)
    closes_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=MarketStatus, default=MarketStatus.DRAFT)
    shard = models.PositiveSmallIntegerField(editable=False)
    seq = models.BigIntegerField(default=0, editable=False)
    # Trading figures, written with the batch that changed them.
    volume = models.BigIntegerField(default=0, editable=False)
    trade_count = models.BigIntegerField(default=0, editable=False)
    winner = models.ForeignKey(
        "Contract",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(price_step_ticks__gte=1, price_step_ticks__lte=5_000),
                name="market_price_step_range",
            ),
        )
        indexes = (
            models.Index(fields=["status", "-id"], name="market_status"),
            models.Index(fields=["shard", "status"], name="market_shard"),
            # What each batch asks: is a closing due?
            models.Index(
                fields=["shard", "closes_at"],
                condition=Q(status__in=("open", "halted")),
                name="market_closing_due",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Contract(models.Model):
    """Pays 1 credit if its outcome wins, else 0. Has one order book."""

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="contracts")
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(help_text="Order on the page, from 0.")
    last_price_ticks = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["market", "name"], name="contract_name_once"),
            models.UniqueConstraint(fields=["market", "position"], name="contract_position_once"),
        )

    def __str__(self) -> str:
        return self.name
