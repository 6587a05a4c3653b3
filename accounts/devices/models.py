"""Programs that wait for a member to let them in (RFC 8628)."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class DeviceGrant(models.Model):
    """One program's wait. It shows `user_code` to people and keeps the device code to itself.

    `digest` is the device code's SHA-256. Once a member said yes, `user` is who, and the program
    gets a key for the device code, once; the row is then gone. `is_denied`: a member said no.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    user_code = models.CharField(max_length=8, unique=True, editable=False)
    client_name = models.CharField(max_length=60)
    scopes = models.CharField(max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    is_denied = models.BooleanField(default=False)
    interval_s = models.PositiveSmallIntegerField()
    polled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.client_name} ({self.user_code})"

    @property
    def shown_code(self) -> str:
        """The code as people read it."""
        return f"{self.user_code[:4]}-{self.user_code[4:]}"
