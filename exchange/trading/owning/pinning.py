"""Operators' wishes: a shard stays with the worker of this label, as long as that lives."""

from collections.abc import Iterable

from exchange.trading.lease import DatabaseTimeMs
from exchange.trading.models import Shard
from exchange.trading.owning.models import Worker


def live_labels() -> list[str]:
    """Return the labels of the workers that live, in order."""
    living = Worker.objects.filter(expires_at_ms__gte=DatabaseTimeMs())
    return sorted(set(living.values_list("label", flat=True)))


def pin_shards(numbers: Iterable[int], *, label: str) -> None:
    """Have shards belong to the worker of this label; their owners hand them over."""
    Shard.objects.filter(number__in=list(numbers)).update(pinned_to=label)


def unpin_shards(numbers: Iterable[int]) -> None:
    """Have shards belong to whichever worker they are spread to."""
    Shard.objects.filter(number__in=list(numbers)).update(pinned_to="")
