"""How far each subscriber has read each shard's journal."""

from django.db import models


class JournalCursor(models.Model):
    """The last batch of a shard's journal that a subscriber has taken in."""

    subscriber = models.CharField(max_length=40)
    shard = models.PositiveSmallIntegerField()
    number = models.BigIntegerField(default=0)

    class Meta:
        app_label = "trading"
        constraints = (
            models.UniqueConstraint(fields=["subscriber", "shard"], name="journal_cursor_once"),
        )

    def __str__(self) -> str:
        return f"{self.subscriber}, shard {self.shard}: {self.number}"
