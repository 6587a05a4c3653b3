"""What was judged, batch by batch, and what could not be."""

from django.db import models


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
