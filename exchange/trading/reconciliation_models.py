"""The nightly reconciliations: when, what was checked, how long it took, what differed."""

from django.db import models


class Reconciliation(models.Model):
    """One night's checks of everything. `day` makes it one, however many ask for it.

    `finished_at` is null while it runs, and stays so if its process died.
    """

    day = models.DateField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    journal_batches = models.BigIntegerField(
        null=True, help_text="How many batches all journals had when it began."
    )
    difference_count = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class ReconciledCheck(models.Model):
    """One check of a reconciliation and what it found, a line for each difference."""

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.CASCADE, related_name="checks"
    )
    name = models.CharField(max_length=80)
    duration_ms = models.BigIntegerField()
    differences = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
