"""Which orders end with a connection, kept where they are safe from the end of the process."""

from django.conf import settings
from django.db import models
from django.db.models import PROTECT

from exchange.ledger.models import Account


class SessionHost(models.Model):
    """A process that holds connections. Once it is late with its beat it counts as dead."""

    id = models.BigIntegerField(primary_key=True)
    expires_at_ms = models.BigIntegerField(help_text="By the database's clock.")

    def __str__(self) -> str:
        return f"host {self.pk}"


class OrderSession(models.Model):
    """What a client wants done about its orders when its connection ends or it falls silent.

    `host` is null once the connection is gone; then `cancel_at_ms` says when the rest of its
    orders is cancelled. A host is never deleted before its sessions.
    """

    id = models.BigIntegerField(primary_key=True)
    host = models.ForeignKey(SessionHost, on_delete=PROTECT, null=True, related_name="sessions")
    account = models.ForeignKey(Account, on_delete=PROTECT, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=PROTECT, null=True, db_index=False)
    cancels_on_disconnect = models.BooleanField(default=False)
    dead_man_ms = models.PositiveIntegerField(default=0, help_text="0: off.")
    cancel_at_ms = models.BigIntegerField(null=True, help_text="By the database's clock.")

    class Meta:
        indexes = (models.Index(fields=["cancel_at_ms"], name="order_session_due"),)

    def __str__(self) -> str:
        return f"session {self.pk}"


class SessionOrder(models.Model):
    """An order that ends with a session.

    Written in the transaction that receives the order. The foreign key is the database's own: an
    order that comes in after its session has ended is not received at all.
    """

    order_id = models.BigIntegerField(primary_key=True)
    session = models.ForeignKey(OrderSession, on_delete=PROTECT, related_name="orders")
    shard = models.PositiveSmallIntegerField()
    on_disconnect = models.BooleanField(help_text="By the order's own wish, not the session's.")

    def __str__(self) -> str:
        return f"order {self.order_id}"
