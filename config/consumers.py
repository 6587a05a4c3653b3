"""Everything that reads journals, how far each has come, and how far that is behind."""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.core.files.storage import storages

from exchange.trading.journals.store import SegmentStore
from exchange.trading.models import Shard
from exchange.trading.owning.models import Worker
from exchange.trading.owning.registry import live_followers
from exchange.trading.snapshots.models import BookSnapshot
from exchange.trading.subscribing.models import JournalCursor


class Consumer(NamedTuple):
    """A reader of a shard's journal: the last batch it is done with, and how many it is behind."""

    kind: str
    name: str
    shard: int
    number: int
    lag_batches: int


def list_consumers() -> list[Consumer]:
    """Return every reader of every shard's journal, from the checkpoint that it keeps."""
    ends = dict(Shard.objects.order_by("number").values_list("number", "journal_number"))
    found = [
        *_subscribers(ends),
        *(("standby", *one) for one in _standbys()),
        *(("snapshots", "books", *one) for one in _snapshots(ends)),
        *(("shipping", "journal", *one) for one in _shipped(ends)),
    ]
    return [
        Consumer(kind, name, shard, number, max(0, ends.get(shard, 0) - number))
        for kind, name, shard, number in found
    ]


def journal_lag() -> dict[str, int]:
    """Return, per subscriber, how many batches of the shard it is furthest behind in."""
    ends = dict(Shard.objects.values_list("number", "journal_number"))
    lags = dict.fromkeys(settings.JOURNAL_SUBSCRIBERS, 0)
    for _, name, shard, number in _subscribers(ends):
        if name in lags:
            lags[name] = max(lags[name], ends[shard] - number)
    return lags


def _subscribers(ends: dict[int, int]) -> Iterator[tuple[str, str, int, int]]:
    """Iterate over what subscribers have done. One that has never run has read nothing."""
    rows = JournalCursor.objects.filter(shard__in=ends)
    read = {
        (name, shard): number
        for name, shard, number in rows.values_list("subscriber", "shard", "number")
    }
    for name in sorted({*settings.JOURNAL_SUBSCRIBERS, *(name for name, _ in read)}):
        for shard in ends:
            yield "subscriber", name, shard, read.get((name, shard), 0)


def _standbys() -> Iterator[tuple[str, int, int]]:
    labels = dict(Worker.objects.values_list("name", "label"))
    rows = live_followers().order_by("worker", "shard")
    for worker, shard, number in rows.values_list("worker", "shard", "journal_number"):
        yield labels.get(worker, worker), shard, number


def _snapshots(ends: dict[int, int]) -> Iterator[tuple[int, int]]:
    kept: dict[int, int] = {}
    for shard, number in BookSnapshot.objects.values_list("shard", "journal_number"):
        kept[shard] = max(number, kept.get(shard, 0))
    for shard in ends:
        yield shard, kept.get(shard, 0)


def _shipped(ends: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Iterate over where the shipped journals end, by the names of their segments."""
    store = SegmentStore(storages["journal"])
    for shard in ends:
        yield shard, max((name.last for name in store.segments(shard)), default=0)
