"""The book workers that live, as they say so themselves."""

from django.db import models


class Worker(models.Model):
    """A book worker's process: it lives until `expires_at_ms`, by the database's clock.

    `name` is what a shard's row has as its owner; `label` is what operators call the worker and
    pin shards to, the same after a restart where it is given. A standby owns shards only while
    no other worker lives.
    """

    name = models.CharField(max_length=120, primary_key=True)
    label = models.CharField(max_length=80)
    shards = models.TextField(help_text="The shards it may own, as a JSON list.")
    is_standby = models.BooleanField(default=False)
    started_at_ms = models.BigIntegerField()
    expires_at_ms = models.BigIntegerField(help_text="By the database's clock.")

    class Meta:
        verbose_name = "book worker"
        ordering = ("label", "name")

    def __str__(self) -> str:
        return self.label


class Follower(models.Model):
    """A worker that follows a shard's journal, ready to own it; as it last said so itself.

    `differs` is why it stopped: what it made of the journal is not what was journaled.
    """

    worker = models.CharField(max_length=120)
    shard = models.PositiveSmallIntegerField()
    journal_number = models.BigIntegerField(help_text="The last batch it has re-run.")
    is_warm = models.BooleanField(default=False, help_text="Its books can be traded on at once.")
    differs = models.TextField(blank=True)

    class Meta:
        ordering = ("shard", "worker")
        constraints = (models.UniqueConstraint(fields=["worker", "shard"], name="follower_once"),)

    def __str__(self) -> str:
        return f"{self.worker} on shard {self.shard}"
