"""Snapshots of the books of shards."""

from django.db import models


class BookSnapshot(models.Model):
    """The engine of a shard as it was after a batch of its journal.

    `sha256` is that of the engine's own bytes (exchange/engine/snapshot.py), which are kept
    compressed. A snapshot says nothing that the journal does not: it saves running it again.
    """

    shard = models.PositiveSmallIntegerField()
    journal_number = models.BigIntegerField()
    digest = models.CharField(max_length=64, help_text="That of the journal's batch.")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField(help_text="Before it was compressed.")
    compressed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-journal_number",)
        constraints = (
            models.UniqueConstraint(fields=["shard", "journal_number"], name="snapshot_once"),
        )
        indexes = (models.Index(fields=["shard", "sha256"], name="snapshot_content"),)

    def __str__(self) -> str:
        return f"shard {self.shard} after batch {self.journal_number}"
