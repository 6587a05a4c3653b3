"""Commands: received and not yet judged, the names their senders gave them, what they came to.

The gateway writes the inbox and the keys; the book worker's writer takes from the inbox and writes
the outcomes.
"""

from django.conf import settings
from django.db import models
from django.db.models import PROTECT

from exchange.ledger.models import Account

# The commands whose id is an order's id.
MAKING_KINDS = ("PlaceOrder", "ReplaceOrder")


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
    # The database's default: workers of the version before go on inserting.
    cancelled = models.TextField(blank=True, db_default="", help_text="Ended by a CancelAll: ids.")

    def __str__(self) -> str:
        return f"{self.kind} {self.command_id}: {self.reason or 'done'}"
