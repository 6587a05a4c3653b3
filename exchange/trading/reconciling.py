"""The nightly reconciliation: every check of checks.py, written down, and an alarm."""

from datetime import date

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from exchange.trading.checks import Checked, make_checks
from exchange.trading.models import Shard
from exchange.trading.reconciliation_models import ReconciledCheck, Reconciliation

log = structlog.get_logger(__name__)


def reconcile(*, day: date) -> Reconciliation | None:
    """Make every check and write down what was found; None when the day has its run already.

    Runs transactions of its own and must not be called inside one: the checks read one snapshot.
    A difference is an alarm: one log line `reconciliation_differs` for each check that failed.
    """
    run, is_ours = Reconciliation.objects.get_or_create(
        day=day,
        defaults={"started_at": timezone.now(), "journal_batches": _count_batches()},
    )
    if not is_ours:
        return None
    found = list(make_checks())
    for checked in found:
        if checked.differences:
            log.error("reconciliation_differs", check=checked.name, differences=checked.differences)
    _write(run, found)
    log.info("reconciled", day=str(day), differences=run.difference_count)
    return run


def _count_batches() -> int:
    return int(Shard.objects.aggregate(n=Sum("journal_number"))["n"] or 0)


def _write(run: Reconciliation, found: list[Checked]) -> None:
    run.finished_at = timezone.now()
    run.difference_count = sum(len(checked.differences) for checked in found)
    with transaction.atomic():
        ReconciledCheck.objects.bulk_create(
            ReconciledCheck(
                reconciliation=run,
                name=checked.name,
                duration_ms=checked.duration_ms,
                differences="\n".join(checked.differences),
            )
            for checked in found
        )
        run.save(update_fields=["finished_at", "difference_count"])
