"""Snapshots: found by their content, kept a few at a time, never believed unseen."""

import hashlib

import pytest

from exchange.engine import Engine
from exchange.engine.snapshot import SnapshotError
from exchange.trading.journals.rows import JournalEnd
from exchange.trading.models import BookSnapshot
from exchange.trading.snapshots.store import (
    newest_snapshot,
    read_bytes,
    read_newest,
    save_snapshot,
)

pytestmark = pytest.mark.django_db


def keep(number, *, shard=0):
    engine = Engine(next_trade=number + 1)
    end = JournalEnd(shard=shard, number=number, digest=f"{number:064}")
    return engine, save_snapshot(end, engine)


def test_snapshot_is_found_by_the_hash_of_the_engines_bytes():
    engine, sha256 = keep(1)
    snapshot = BookSnapshot.objects.get(sha256=sha256)
    assert read_bytes(snapshot) == engine.snapshot()
    assert hashlib.sha256(engine.snapshot()).hexdigest() == sha256
    assert newest_snapshot(0) == (1, len(engine.snapshot()))


def test_newest_one_is_read():
    keep(1)
    engine, _ = keep(2)
    end, restored = read_newest(0)
    assert (end.number, end.digest) == (2, f"{2:064}")
    assert restored.digest() == engine.digest()


def test_no_snapshot_is_none():
    assert (newest_snapshot(0), read_newest(0)) == (None, None)


def test_three_of_each_shard_are_kept():
    for number in range(1, 6):
        keep(number)
    keep(1, shard=1)
    kept = BookSnapshot.objects.order_by("shard", "journal_number")
    assert list(kept.values_list("shard", "journal_number")) == [(0, 3), (0, 4), (0, 5), (1, 1)]


def test_snapshot_of_the_same_batch_is_kept_once():
    keep(1)
    keep(1)
    assert BookSnapshot.objects.count() == 1


@pytest.mark.parametrize("damage", ["sha256", "compressed"])
def test_damaged_snapshot_is_passed_over_for_the_one_before(damage):
    keep(1)
    keep(2)
    newest = BookSnapshot.objects.filter(journal_number=2)
    newest.update(**({"sha256": "0" * 64} if damage == "sha256" else {"compressed": b"torn"}))
    with pytest.raises(SnapshotError):
        read_bytes(newest.get())
    end, _ = read_newest(0)
    assert end.number == 1
