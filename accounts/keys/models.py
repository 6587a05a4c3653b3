"""Keys that programs call the API with."""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Scope(models.TextChoices):
    """What a key may do in its member's name."""

    READ = "read", "read: see what you see"
    TRADE = "trade", "trade: place and change orders, and write in your name"
    CANCEL = "cancel", "cancel: cancel orders, nothing else"


class ApiKey(models.Model):
    """A key of a member's. The key itself is shown once and never kept: `digest` is its SHA-256.

    `prefix` begins the key, so that people know which one it is.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    may_read = models.BooleanField(default=True)
    may_trade = models.BooleanField(default=False)
    may_cancel = models.BooleanField(default=False)
    addresses = models.TextField(
        blank=True,
        default="",
        help_text="Networks from which it opens something, parted by spaces; empty: from anywhere.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(
        null=True, editable=False, help_text="To the minute; empty: never."
    )

    class Meta:
        verbose_name = "API key"
        constraints = (
            models.CheckConstraint(
                condition=Q(may_read=True) | Q(may_trade=True) | Q(may_cancel=True),
                name="api_key_has_a_scope",
            ),
        )
        indexes = (models.Index(fields=["user", "-id"], name="api_key_user"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def scopes(self) -> list[Scope]:
        """What it may do."""
        allowed = {
            Scope.READ: self.may_read,
            Scope.TRADE: self.may_trade,
            Scope.CANCEL: self.may_cancel,
        }
        return [scope for scope in Scope if allowed[scope]]

    @property
    def is_live(self) -> bool:
        """Whether it still opens anything."""
        is_expired = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not is_expired

    @property
    def networks(self) -> list[str]:
        """From where it opens something; nothing: from anywhere."""
        return self.addresses.split()

    def allows_address(self, address: str) -> bool:
        """Whether it opens something for who calls from there."""
        if not self.addresses:
            return True
        try:
            caller = ip_address(address)
        except ValueError:  # a local socket has none
            return False
        if isinstance(caller, IPv6Address) and caller.ipv4_mapped is not None:
            caller = caller.ipv4_mapped
        return any(caller in ip_network(network) for network in self.networks)

    def allows(self, wanted: Iterable[Scope]) -> bool:
        """Whether it has one of the scopes."""
        return not set(wanted).isdisjoint(self.scopes)
