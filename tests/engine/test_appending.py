"""Records reach the disk in order, and a disk that fails is not overheard."""

import pytest

from exchange.engine.appending import Appender


def test_appender_writes_what_was_put_in_order(tmp_path):
    path = tmp_path / "journal"
    records = [bytes([number]) * 1000 for number in range(50)]
    with path.open("wb") as file, Appender(file) as appender:
        for record in records:
            appender.put(record)
        appender.settle()
        assert path.read_bytes() == b"".join(records)


def test_appender_tells_of_a_disk_that_fails_at_the_next_record(tmp_path):
    path = tmp_path / "journal"
    path.touch()
    with path.open("rb") as file:
        appender = Appender(file)
        appender.put(b"one")
        with pytest.raises(OSError, match="write"):
            appender.put(b"two")


def test_appender_tells_of_a_disk_that_fails_at_the_end(tmp_path):
    path = tmp_path / "journal"
    path.touch()
    with path.open("rb") as file, pytest.raises(OSError, match="write"), Appender(file) as appender:
        appender.put(b"one")


def test_appender_does_not_hide_what_went_wrong_meanwhile(tmp_path):
    def break_off():
        with (tmp_path / "journal").open("wb") as file, Appender(file) as appender:
            appender.put(b"one")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert (tmp_path / "journal").read_bytes() == b"one"
