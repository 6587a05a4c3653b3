"""Messages of 100 bytes from a file through the engine into a journal, and the journal replayed.

Wall time on one core: read a group of messages, decode it, apply it, write one record with all
that was asked and how much happened. A group is matched while the disk takes the one before it,
and ends at 1,000 messages; a file is never waited for, so none is cut short by the clock.
"""

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.engine.feeding import PAYOUT, commands_of, feed_book, make_book, opening
from benchmarks.engine.rows import Figures, Row
from benchmarks.engine.scale import Scale
from benchmarks.engine.stream import STEADY, Stream, make_stream
from benchmarks.engine.timing import rate, without_collector
from exchange.engine.appending import Appender, append
from exchange.engine.binary import encode_command
from exchange.engine.cli import carry_out, message_groups
from exchange.engine.journal import Journal, Settings, read_payloads, replay

FOLDER: Final = Path(__file__).resolve().parents[2] / "var"
_FLOOR: Final = "pipeline.floor"


def rows(_: Scale) -> list[Row]:
    """Return the rows of this section."""
    aims = (">= 200,000", ">= 400,000")
    return [
        Row("pipeline", "messages, journaled and synced", "messages/s", _FLOOR, *aims),
        Row("replay", "replay, compared with what was written", "commands/s", _FLOOR, ">= 220,000"),
    ]


def prepare(scale: Scale) -> Callable[[], Figures]:
    """Make the stream; return what measures one round."""
    stream = make_stream(STEADY, scale.commands)
    given = [*opening(), *commands_of(stream.load), *commands_of(stream.commands)]
    # The message of a market says nothing of its payout: the engine's own holds.
    given[0] = type(given[0])(1, (1,), payout_ticks=None)
    return partial(_measure, stream, b"".join(map(encode_command, given)))


def _measure(stream: Stream, messages: bytes) -> Figures:
    # On the disk where the site keeps its data: a folder in memory would sync at once.
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        source, target = Path(folder, "messages"), Path(folder, "journal")
        source.write_bytes(messages)
        seconds, count, digest = _journal(source, target)
        replayed_seconds, replayed_digest = _replay(target)
    assert digest == replayed_digest, "the replay ended elsewhere"
    return {
        _FLOOR: rate(
            len(stream.commands), partial(feed_book, make_book(stream.load), stream.commands)
        ),
        "pipeline": count / seconds,
        "replay": count / replayed_seconds,
    }


def _journal(source: Path, target: Path) -> tuple[float, int, str]:
    """Carry all messages out; return the seconds, how many there were, and the digest."""
    journal = Journal(Settings(PAYOUT, unlimited_funds=False, keeps_trades=False))
    descriptor = os.open(source, os.O_RDONLY)
    with target.open("wb") as file, without_collector():
        append(file, journal.header())
        started = perf_counter()
        with Appender(file) as appender:
            for data in message_groups(descriptor):
                appender.put(carry_out(journal, data))
        seconds = perf_counter() - started
    os.close(descriptor)
    return seconds, journal.run.commands, journal.run.engine.digest()


def _replay(path: Path) -> tuple[float, str]:
    """Apply a journal again, compared; return the seconds and the digest."""
    torn: list[int] = []
    with path.open("rb") as file, without_collector():
        started = perf_counter()
        journal = replay(read_payloads(file, torn.append))
        seconds = perf_counter() - started
    assert not torn, "the journal ends within a record"
    return seconds, journal.run.engine.digest()
