"""Badges that members have earned."""

from django.conf import settings
from django.db import models
from django.utils.timezone import now


class Badge(models.Model):
    """A member earned a badge, once and for good; rules.py says what for."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="badges"
    )
    name = models.CharField(max_length=30)
    awarded_at = models.DateTimeField(default=now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["member", "name"], name="badge_once"),)
        indexes = (models.Index(fields=["name"], name="badge_name"),)

    def __str__(self) -> str:
        return f"{self.member_id}: {self.name}"
