"""Orders and what became of them.

Only the book worker's writer writes these tables. What an order, a trade, a position refers to is
known to the writer, which has locked or loaded it: no foreign key has the database look again
(docs/decisions/0011).
"""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, F, Q

from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market
from exchange.trading.command_models import MAKING_KINDS, CommandKey, InboxCommand, Outcome
from exchange.trading.journal_models import (
    DeadLetter,
    JournalBatch,
)
from exchange.trading.order_sessions.models import OrderSession, SessionHost, SessionOrder
from exchange.trading.owning.models import (
    Follower,
    Worker,
)
from exchange.trading.position_models import MarketExposure, Position
from exchange.trading.reconciliation_models import (
    ReconciledCheck,
    Reconciliation,
)
from exchange.trading.snapshots.models import BookSnapshot
from exchange.trading.subscribing.models import (
    JournalCursor,
)

# Django looks for all models here.
__all__ = [
    "IN_BOOK", "MAKING_KINDS", "OPEN_STATUSES", "BookSnapshot", "CommandKey", "DeadLetter",
    "Follower", "InboxCommand", "JournalBatch", "JournalCursor", "MarketExposure", "Order",
    "OrderSession", "OrderStatus", "Outcome", "Position", "ReconciledCheck", "Reconciliation",
    "SessionHost", "SessionOrder", "Shard", "Side", "Trade", "TradeKind", "Worker",
]  # fmt: skip


class OrderStatus(models.TextChoices):
    """FIX's words. `pending_new` is an order that is received but not yet judged."""

    PENDING_NEW = "pending_new"
    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"


OPEN_STATUSES = (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED)
# What stands in a book: an untriggered stop is open, and waits outside.
IN_BOOK: Final[Mapping[str, Any]] = {"open_quantity__gt": 0, "is_waiting": False}


class Side(models.TextChoices):
    """Buy Yes or sell Yes; buying No at 0.40 is selling Yes at 0.60."""

    BUY = "buy"
    SELL = "sell"


class TradeKind(models.TextChoices):
    """How two sides met: in the book, in an auction of it, or by an agreement beside it."""

    BOOK = "book"
    AUCTION = "auction"
    CROSS = "cross"


class Shard(models.Model):
    """A group of markets that one worker owns at a time: the lease and the journal's end.

    `epoch` rises by one with every owner; a batch that finds another epoch writes nothing.
    """

    number = models.PositiveSmallIntegerField(primary_key=True)
    owner = models.CharField(max_length=120, blank=True)
    epoch = models.BigIntegerField(default=0)
    expires_at_ms = models.BigIntegerField(default=0, help_text="By the database's clock.")
    journal_number = models.BigIntegerField(default=0, help_text="The last batch journaled.")
    digest = models.CharField(max_length=64, default="0" * 64, help_text="The journal's chain.")
    next_trade = models.BigIntegerField()
    last_time_ms = models.BigIntegerField(default=0, help_text="The last batch's time.")
    pinned_to = models.CharField(
        max_length=80, blank=True, help_text="The label of the worker that an operator wants."
    )
    stopped = models.TextField(
        blank=True, help_text="Why nobody may own it, until an operator has it checked again."
    )

    def __str__(self) -> str:
        return f"shard {self.number}"


class Order(models.Model):
    """A request to trade, from its first judgement on.

    quantity = filled + open + cancelled + expired + voided, always. `accepted_seq` is the place
    in the queue: the market's seq when it was accepted, or triggered. `notional_ticks` sums
    price x quantity over its fills. `terms` are those without a column (terms.py). An order that
    was put in the place of another names it; the other is then cancelled, reason `replaced`.
    """

    id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(
        Account, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="orders"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )
    market = models.ForeignKey(
        Market, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="orders"
    )
    contract = models.ForeignKey(
        Contract, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="orders"
    )
    side = models.CharField(max_length=4, choices=Side)
    kind = models.CharField(max_length=12, default="limit")
    price_ticks = models.PositiveIntegerField()
    quantity = models.BigIntegerField()
    filled_quantity = models.BigIntegerField(default=0)
    open_quantity = models.BigIntegerField(default=0)
    cancelled_quantity = models.BigIntegerField(default=0)
    expired_quantity = models.BigIntegerField(default=0)
    voided_quantity = models.BigIntegerField(default=0)
    notional_ticks = models.BigIntegerField(default=0)
    time_in_force = models.CharField(max_length=4, default="GTC")
    stp = models.CharField(max_length=16, default="cancel_newest")
    client_order_id = models.CharField(max_length=64, blank=True)
    terms = models.TextField(
        blank=True, default="", db_default="", help_text="JSON; empty: the usual ones."
    )
    order_group = models.BigIntegerField(null=True)
    is_waiting = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A stop that was not triggered: it stands in no book.",
    )
    replaces = models.ForeignKey(
        "self",
        on_delete=PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="replaced_by",
    )
    status = models.CharField(max_length=16, choices=OrderStatus)
    reason = models.CharField(max_length=40, blank=True)
    accepted_seq = models.BigIntegerField(null=True)
    market_seq = models.BigIntegerField()
    account_seq = models.BigIntegerField()
    received_at = models.DateTimeField()
    journaled_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    quantity=F("filled_quantity")
                    + F("open_quantity")
                    + F("cancelled_quantity")
                    + F("expired_quantity")
                    + F("voided_quantity")
                ),
                name="order_quantities_add_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    filled_quantity__gte=0,
                    open_quantity__gte=0,
                    cancelled_quantity__gte=0,
                    expired_quantity__gte=0,
                    voided_quantity__gte=0,
                ),
                name="order_quantities_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(price_ticks__gt=0, price_ticks__lt=10_000), name="order_price_range"
            ),
        )
        indexes = (
            models.Index(fields=["account", "-id"], name="order_account"),
            # What changed for an account since it was last told.
            models.Index(fields=["account", "account_seq"], name="order_account_seq"),
            # What a restart reads back, in the order of the queues.
            models.Index(
                fields=["market", "accepted_seq"],
                condition=Q(open_quantity__gt=0),
                name="order_open_queue",
            ),
            models.Index(
                fields=["contract", "side", "price_ticks"],
                condition=Q(open_quantity__gt=0, is_waiting=False),
                name="order_open_depth",
            ),
            models.Index(
                fields=["account", "-id"],
                condition=Q(open_quantity__gt=0),
                name="order_account_open",
            ),
            models.Index(
                fields=["account", "order_group", "-id"],
                condition=Q(order_group__isnull=False),
                name="order_group_of_account",
            ),
            models.Index(
                fields=["replaces"],
                condition=Q(replaces__isnull=False),
                name="order_replaces",
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.quantity} at {self.price_ticks}"


class Trade(models.Model):
    """One match. The maker rested, the taker came; the price is the maker's.

    A cross has no orders: its maker is the buyer, its taker the seller.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8, default=TradeKind.BOOK)
    market = models.ForeignKey(
        Market, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="trades"
    )
    contract = models.ForeignKey(
        Contract, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="trades"
    )
    price_ticks = models.PositiveIntegerField()
    quantity = models.BigIntegerField()
    maker_order = models.ForeignKey(
        Order,
        on_delete=PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="maker_trades",
    )
    taker_order = models.ForeignKey(
        Order,
        on_delete=PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="taker_trades",
    )
    maker_account = models.ForeignKey(
        Account, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="maker_trades"
    )
    taker_account = models.ForeignKey(
        Account, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="taker_trades"
    )
    taker_side = models.CharField(max_length=4, choices=Side)
    market_seq = models.BigIntegerField()
    executed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["market", "market_seq"], name="trade_seq_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="trade_quantity_positive"),
            models.CheckConstraint(
                condition=Q(price_ticks__gt=0, price_ticks__lt=10_000), name="trade_price_range"
            ),
        )
        indexes = (
            models.Index(fields=["contract", "-id"], name="trade_contract"),
            models.Index(fields=["maker_account", "-id"], name="trade_maker"),
            models.Index(fields=["taker_account", "-id"], name="trade_taker"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} at {self.price_ticks}"
