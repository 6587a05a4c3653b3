"""manage.py journal ship and export: every batch elsewhere, each once, whatever is cut off."""

import json
import signal
import subprocess
import sys
from contextlib import suppress

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

from exchange.trading.journals.directory import SyncedDirectory, only_writer
from exchange.trading.journals.faults import SegmentError, TornSegmentError
from exchange.trading.journals.segments import SegmentName
from exchange.trading.journals.shipping import Shipper
from exchange.trading.journals.store import SegmentStore
from exchange.trading.models import JournalBatch, Shard
from tests.factories import make_member
from tests.notifications.scenes import open_market, place
from tests.running import ROOT, environment, start_command, wait_until
from tests.trading.journals.scenes import change_batch, lose_batch, run, trade_in_two_markets

COLUMNS = ("shard", "number", "epoch", "time_ms", "facts", "entries", "digest")


@pytest.fixture
def journal(transactional_db, one_shard, books):
    trade_in_two_markets()
    return Shard.objects.get()


@pytest.fixture
def small_segments(monkeypatch):
    monkeypatch.setattr("exchange.trading.journals.shipping._SEGMENT_BATCHES_MAX", 3)


def shipped(storage) -> list[tuple[object, ...]]:
    return [tuple(getattr(row, name) for name in COLUMNS) for row in SegmentStore(storage).rows(0)]


def has_shipped_all(storage) -> bool:
    """Whether all is there by now; a segment that is being written is torn until it is."""
    try:
        return shipped(storage) == journaled()
    except TornSegmentError:
        return False


def journaled() -> list[tuple[object, ...]]:
    return list(JournalBatch.objects.order_by("number").values_list(*COLUMNS))


def test_export_of_an_empty_database_writes_nothing(transactional_db, tmp_path, capsys):
    assert run(capsys, "journal", "export", str(tmp_path)) == (0, ["0 batches shipped."])
    assert SegmentStore(SyncedDirectory(location=tmp_path)).shards() == []


def test_export_writes_every_batch_and_what_is_verified_from_there(
    journal, small_segments, tmp_path, capsys
):
    count = journal.journal_number
    assert run(capsys, "journal", "export", str(tmp_path)) == (0, [f"{count} batches shipped."])
    directory = SyncedDirectory(location=tmp_path)
    assert shipped(directory) == journaled()
    assert SegmentStore(directory).segments(0)[:2] == [
        SegmentName(shard=0, first=1, last=3),
        SegmentName(shard=0, first=4, last=6),
    ]
    assert run(capsys, "journal", "verify", "--from", str(tmp_path)) == (
        0, [f"ok   shard 0: {count} batches, {journal.digest}"]
    )  # fmt: skip


def test_second_export_adds_only_what_is_new(journal, tmp_path, capsys):
    run(capsys, "journal", "export", str(tmp_path))
    place(make_member(), open_market(), "buy", 1_000, 1)
    assert run(capsys, "journal", "export", str(tmp_path)) == (0, ["2 batches shipped."])
    assert run(capsys, "journal", "export", str(tmp_path)) == (0, ["0 batches shipped."])
    assert shipped(SyncedDirectory(location=tmp_path)) == journaled()


def test_any_storage_of_django_can_be_shipped_to(journal, small_segments):
    storage = InMemoryStorage()
    assert Shipper(storage).ship() == journal.journal_number
    assert shipped(storage) == journaled()


def test_ship_once_writes_to_the_storage_of_the_settings(journal, settings, tmp_path, capsys):
    place_of = {"BACKEND": "exchange.trading.journals.directory.SyncedDirectory"}
    place_of["OPTIONS"] = {"location": str(tmp_path)}
    settings.STORAGES = {**settings.STORAGES, "journal": place_of}
    code, _ = run(capsys, "journal", "ship", "--once")
    assert (code, shipped(SyncedDirectory(location=tmp_path))) == (0, journaled())
    assert run(capsys, "journal", "verify", "--from") == (
        0, [f"ok   shard 0: {journal.journal_number} batches, {journal.digest}"]
    )  # fmt: skip


@pytest.mark.parametrize("kept", [0, 7, 12, 500, -1])
def test_torn_last_segment_is_cut_and_written_again(journal, small_segments, tmp_path, kept):
    directory = SyncedDirectory(location=tmp_path)
    Shipper(directory).ship()
    last = tmp_path / SegmentStore(directory).segments(0)[-1].path
    last.write_bytes(last.read_bytes()[:kept])
    assert Shipper(directory).ship() > 0
    assert shipped(directory) == journaled()


def test_torn_segment_that_the_database_does_not_have_is_kept(journal, tmp_path):
    directory = SyncedDirectory(location=tmp_path)
    Shipper(directory).ship()
    (name,) = SegmentStore(directory).segments(0)
    last = tmp_path / name.path
    last.write_bytes(last.read_bytes()[:-5])
    Shard.objects.update(journal_number=1)
    with pytest.raises(SegmentError, match="the database ends at batch 1"):
        Shipper(directory).ship()
    assert last.exists()


def flip(path, position):
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("position", [0, 20, 400])
def test_damaged_segment_is_refused_and_not_cut(journal, tmp_path, capsys, position):
    run(capsys, "journal", "export", str(tmp_path))
    (name,) = SegmentStore(SyncedDirectory(location=tmp_path)).segments(0)
    flip(tmp_path / name.path, position)
    for command in (("verify", "--from"), ("export",)):
        code, lines = run(capsys, "journal", *command, str(tmp_path))
        assert code == 1
        assert lines[-1].startswith(f"{name.path}: ")
    assert (tmp_path / name.path).exists()


def test_missing_segment_is_named(journal, small_segments, tmp_path, capsys):
    run(capsys, "journal", "export", str(tmp_path))
    names = SegmentStore(SyncedDirectory(location=tmp_path)).segments(0)
    (tmp_path / names[1].path).unlink()
    code, lines = run(capsys, "journal", "verify", "--from", str(tmp_path))
    assert code == 1
    assert lines[1:] == [f"     shard 0 batch 4: is missing before {names[2].path}"]


def test_batch_that_two_segments_hold_is_read_once(journal, small_segments):
    storage = InMemoryStorage()
    store = SegmentStore(storage)
    rows = list(JournalBatch.objects.order_by("number"))
    store.put("0" * 64, rows[:4])
    store.put(rows[1].digest, rows[2:6])
    assert [row.number for row in store.rows(0)] == [1, 2, 3, 4, 5, 6]


def test_folder_without_segments_cannot_be_verified(tmp_path, db, capsys):
    code, lines = run(capsys, "journal", "verify", "--from", str(tmp_path))
    assert (code, lines) == (2, [f"{tmp_path}: holds no segments"])


@pytest.mark.parametrize("damage", [lose_batch, lambda number: change_batch(number, epoch=9)])
def test_damaged_journal_is_shipped_up_to_the_fault(
    journal, small_segments, tmp_path, capsys, damage
):
    damage(5)
    code, lines = run(capsys, "journal", "ship", str(tmp_path), "--once")
    assert code == 1
    assert lines[0].startswith("shard 0 batch 5: ")
    assert [row[1] for row in shipped(SyncedDirectory(location=tmp_path))] == [1, 2, 3]


def test_place_of_another_journal_is_refused(journal, tmp_path, capsys):
    run(capsys, "journal", "export", str(tmp_path))
    change_batch(journal.journal_number, digest="f" * 64)
    code, lines = run(capsys, "journal", "export", str(tmp_path))
    assert code == 1
    assert lines[0].startswith("shard 0: the place holds another journal than the database")


def test_second_shipper_to_a_directory_is_refused(journal, tmp_path, capsys):
    with only_writer(SyncedDirectory(location=tmp_path)):
        code, lines = run(capsys, "journal", "ship", str(tmp_path), "--once")
    assert code == 1
    assert lines == [f"{tmp_path}: another process ships there; stop one of them"]


def test_segment_that_somebody_else_wrote_meanwhile_is_not_doubled(journal):
    storage = InMemoryStorage()
    rows = list(JournalBatch.objects.order_by("number"))
    storage.save("shard-0/000000000001-000000000002.segment", ContentFile(b"theirs"))
    with pytest.raises(SegmentError, match="another process ships to this place"):
        SegmentStore(storage).put("0" * 64, rows[:2])
    assert len(storage.listdir("shard-0")[1]) == 1


@pytest.mark.slow
def test_shipper_killed_between_any_two_writes_neither_doubles_nor_loses_a_batch(journal, tmp_path):
    writes = 0
    while ship_and_be_killed(tmp_path / str(writes), writes) == -signal.SIGKILL:
        directory = SyncedDirectory(location=tmp_path / str(writes))
        found = read_so_far(directory)
        assert found == journaled()[: len(found)]
        Shipper(directory).ship()
        assert shipped(directory) == journaled()
        names = SegmentStore(directory).segments(0)
        assert [name.first for name in names] == [1, *(name.last + 1 for name in names[:-1])]
        writes += 1
    assert shipped(SyncedDirectory(location=tmp_path / str(writes))) == journaled()
    assert writes > 8, "the journal was too short for this test"


def ship_and_be_killed(folder, writes: int) -> int:
    """Ship in a process of its own that kills itself before a write; return its exit code."""
    storage = {
        "BACKEND": "tests.trading.journals.killing.KilledDirectory",
        "OPTIONS": {"location": str(folder), "writes": writes},
    }
    script = (
        "import django; django.setup()\n"
        "from django.core.files.storage import storages\n"
        "from exchange.trading.journals import shipping\n"
        "shipping._SEGMENT_BATCHES_MAX = 3\n"
        "shipping.Shipper(storages['journal']).ship()\n"
    )
    variables = environment(
        JOURNAL_STORAGE=json.dumps(storage), DJANGO_SETTINGS_MODULE="config.settings"
    )
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode


def read_so_far(directory) -> list[tuple[object, ...]]:
    """What can be read of a place whose last segment may be torn."""
    found = []
    with suppress(TornSegmentError):
        for row in SegmentStore(directory).rows(0):
            found += [tuple(getattr(row, name) for name in COLUMNS)]
    return found


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_ship_goes_on_until_it_is_stopped(journal, tmp_path, ending):
    directory = SyncedDirectory(location=tmp_path)
    process = start_command("journal", "ship", str(tmp_path), "--every", "1")
    try:
        wait_until(lambda: has_shipped_all(directory))
        place(make_member(), open_market(), "buy", 1_000, 1)
        wait_until(lambda: has_shipped_all(directory))
    finally:
        process.send_signal(ending)
    assert process.wait(10) == 0
