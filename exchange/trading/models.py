"""Orders and what became of them.

Only the book worker's writer writes these tables, but the inbox and the command keys, which the
gateway writes. What an order, a trade, a position refers to is known to the writer, which has
locked or loaded it: no foreign key has the database look again (docs/decisions/0011).
"""

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, F, Q

from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market
from exchange.trading.owning.models import (  # noqa: F401 -- Django looks for models here
    Follower,
    Worker,
)
from exchange.trading.reconciliation_models import (  # noqa: F401 -- Django looks for models here
    ReconciledCheck,
    Reconciliation,
)


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


class Side(models.TextChoices):
    """Buy Yes or sell Yes; buying No at 0.40 is selling Yes at 0.60."""

    BUY = "buy"
    SELL = "sell"


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


class InboxCommand(models.Model):
    """A command received and not yet judged. The batch that judges it deletes the row.

    `id` is given by the process that received it (core.ids) and is the order's id too.
    """

    id = models.BigIntegerField(primary_key=True)
    shard = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    payload = models.TextField(help_text="The command as JSON (exchange.engine.commands).")
    account = models.ForeignKey(
        Account, on_delete=PROTECT, null=True, db_constraint=False, db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=PROTECT, null=True, db_constraint=False, db_index=False
    )
    reply_to = models.CharField(max_length=120, blank=True, help_text="Who waits for the answer.")
    received_at_ms = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["shard", "id"], name="inbox_order"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class CommandKey(models.Model):
    """A client's own id of a command, never deleted: the same again gets the same answer."""

    account = models.ForeignKey(Account, on_delete=PROTECT, db_index=False)
    client_order_id = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)
    command_id = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "client_order_id"], name="command_key_once"),
        )

    def __str__(self) -> str:
        return self.client_order_id


class Outcome(models.Model):
    """What a command other than PlaceOrder came to (an order row tells its own)."""

    command_id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=40, blank=True, help_text="Empty: done.")
    market_seq = models.BigIntegerField(null=True)
    account_seq = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.command_id}: {self.reason or 'done'}"


class Order(models.Model):
    """A request to trade, from its first judgement on.

    quantity = filled + open + cancelled + expired + voided, always. `accepted_seq` is the place
    in the queue: the market's seq when it was accepted. `notional_ticks` sums price x quantity
    over its fills.
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
                condition=Q(open_quantity__gt=0),
                name="order_open_depth",
            ),
            models.Index(
                fields=["account", "-id"],
                condition=Q(open_quantity__gt=0),
                name="order_account_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.quantity} at {self.price_ticks}"


class Trade(models.Model):
    """One match. The maker rested, the taker came; the price is the maker's."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8, default="book")
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


class Position(models.Model):
    """An account's net contracts and net cash from trades in one contract."""

    account = models.ForeignKey(
        Account, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="positions"
    )
    market = models.ForeignKey(
        Market, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="positions"
    )
    contract = models.ForeignKey(
        Contract, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="positions"
    )
    quantity = models.BigIntegerField(default=0)
    cash_ticks = models.BigIntegerField(default=0)
    # What settlement paid out for it (cash + quantity x payout if it won); null before.
    settled_ticks = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "contract"], name="position_once"),
        )
        indexes = (models.Index(fields=["market", "account"], name="position_market"),)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.quantity} of {self.contract_id}"


class MarketExposure(models.Model):
    """What an account could still lose in one market; Account.exposure_ticks is their sum."""

    account = models.ForeignKey(
        Account, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="exposures"
    )
    market = models.ForeignKey(
        Market, on_delete=PROTECT, db_constraint=False, related_name="exposures"
    )
    exposure_ticks = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "market"], name="market_exposure_once"),
            models.CheckConstraint(
                condition=Q(exposure_ticks__gte=0), name="market_exposure_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} in {self.market_id}: {self.exposure_ticks}"


class JournalBatch(models.Model):
    """One batch of one shard: the commands, the facts they were judged by, what came of them.

    Append-only (triggers refuse changes). `digest` chains: sha256(previous digest + bytes).
    """

    shard = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    epoch = models.BigIntegerField()
    time_ms = models.BigIntegerField()
    facts = models.TextField()
    entries = models.TextField(help_text="[[command id or null, command, [event, ...]], ...]")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "journal batches"
        constraints = (
            models.UniqueConstraint(fields=["shard", "number"], name="journal_number_once"),
        )

    def __str__(self) -> str:
        return f"shard {self.shard} batch {self.number}"


class DeadLetter(models.Model):
    """A command that broke the engine: answered as internal_error, kept to be looked into.

    A lifecycle command may be sent once more, as a new command: `requeued_as`.
    """

    command_id = models.BigIntegerField(primary_key=True)
    shard = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, default="")
    payload = models.TextField()
    error = models.TextField()
    requeued_as = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"command {self.command_id}"
