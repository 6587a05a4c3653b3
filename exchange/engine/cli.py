"""`python -m exchange.engine`: the engine on standard input and output, see CONTRACTS 2.

    python -m exchange.engine [options] < commands.ndjson > events.ndjson
    python -m exchange.engine --binary [options] < commands.bin
    python -m exchange.engine replay JOURNAL [--explain TRADE]

The only module of the engine that does I/O, with appending.py. Whatever one read brings is one
group: all its lines are matched, their record reaches the disk, and only then are their events
printed. So what has been read from here is never lost, and a person typing gets an answer to each
line. Binary messages (layout: exchange/engine/binary.py) are for throughput: their events go to
the journal, and only the last line is printed.
"""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from exchange.engine.appending import Appender, append
from exchange.engine.binary import MESSAGE_BYTES, decode_commands
from exchange.engine.explained import TradeExplainer
from exchange.engine.fields import InputError
from exchange.engine.journal import (
    MESSAGES,
    Group,
    Journal,
    JournalError,
    Settings,
    read_payloads,
    replay,
)
from exchange.engine.lifecycle import PAYOUT_TICKS_MIN
from exchange.engine.session import LINE_BYTES_MAX, Session

_READ_BYTES: Final = 1 << 18
_GROUP_MESSAGES: Final = 1_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a bad journal, 2 for bad options."""
    options = _parse(sys.argv[1:] if arguments is None else arguments)
    try:
        if options.replay is not None:
            return _replay_file(Path(options.replay), options.explain)
        _serve(options)
    except (InputError, JournalError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            # Nobody reads on. Python would complain again when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        else:
            _notice(str(error))
        return 1
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m exchange.engine",
        description="Match commands from standard input; print events to standard output.",
        epilog="'replay JOURNAL' instead of options rebuilds from a journal and prints its digest.",
    )
    if list(arguments[:1]) == ["replay"]:
        parser.add_argument("command", choices=["replay"])
        parser.add_argument("replay", metavar="JOURNAL", help="rebuild from it, print the digest")
        parser.add_argument("--explain", type=int, metavar="TRADE", help="say how it was won")
        return parser.parse_args(arguments)
    parser.set_defaults(replay=None)
    parser.add_argument(
        "--payout", type=int, default=10_000, metavar="TICKS", help="what a contract pays"
    )
    parser.add_argument("--unlimited-funds", action="store_true", help="refuse none for money")
    parser.add_argument("--depth", type=int, metavar="N", help="print N levels after each command")
    parser.add_argument("--journal", metavar="FILE", help="write a journal, or continue one")
    parser.add_argument("--binary", action="store_true", help="take messages of 100 bytes")
    options = parser.parse_args(arguments)
    if options.payout < PAYOUT_TICKS_MIN:
        parser.error(f"--payout must be at least {PAYOUT_TICKS_MIN}")
    if options.depth is not None and options.depth < 1:
        parser.error("--depth must be at least 1")
    return options


def _serve(options: argparse.Namespace) -> None:
    # The engine makes no cycles, and what it makes lives long: looking for them is wasted.
    gc.disable()
    # No message voids a trade, so none has to be remembered.
    settings = Settings(options.payout, options.unlimited_funds, not options.binary)
    answer_all = _answer_messages if options.binary else _answer_lines
    if options.journal is None:
        answer_all(Journal(settings), options.depth, None)
        return
    path = Path(options.journal)
    path.touch()
    with path.open("r+b") as file:
        answer_all(_open_journal(file, settings), options.depth, file)


def _answer_lines(journal: Journal, depth_levels: int | None, file: BinaryIO | None) -> None:
    """Answer every line of standard input, group by group; the journal goes to file."""
    session = Session(journal, depth_levels)
    for lines in line_groups(sys.stdin.fileno()):
        output: list[str] = []
        for line in lines:
            session.answer(line, output)
        record = session.record()
        if file is not None and record:
            append(file, record)
        _print(output)
    _print([session.summary()])


def _answer_messages(journal: Journal, _: int | None, file: BinaryIO | None) -> None:
    """Carry out every message of standard input, in groups; the journal goes to file.

    A group is matched while the disk takes the one before it: nothing is told before the end.
    """
    if file is None:
        for data in message_groups(sys.stdin.fileno()):
            carry_out(journal, data)
    else:
        with Appender(file) as appender:
            for data in message_groups(sys.stdin.fileno()):
                appender.put(carry_out(journal, data))
    _print([Session(journal, None).summary()])


def carry_out(journal: Journal, data: bytes) -> bytes:
    """Apply whole binary messages and return the journal's record of them. Raises InputError."""
    commands = decode_commands(data)
    return journal.group(MESSAGES, len(commands), data, journal.run.carry_out(commands))


def _replay_file(path: Path, trade: int | None) -> int:
    if trade is None:
        _print([_replayed(path).summary()])
        return 0
    explainer = TradeExplainer(trade)
    _print([_replayed(path, explainer.see).summary()])
    _replayed(path, explainer.see_again)
    _print(explainer.lines or [f"There is no trade {trade} in this journal."])
    return 0 if explainer.lines else 1


def _replayed(path: Path, see: Callable[[Journal, Group], None] | None = None) -> Session:
    with path.open("rb") as file:
        return Session(replay(read_payloads(file, _notice_torn), see), None)


def _notice_torn(size_bytes: int) -> None:
    _notice(f"cut a torn last record of {size_bytes} bytes")


def _open_journal(file: BinaryIO, settings: Settings) -> Journal:
    """Return the journal in a file, its engine as it was left; or a new one in an empty file."""
    if not file.seek(0, os.SEEK_END):
        journal = Journal(settings)
        append(file, journal.header())
        return journal
    file.seek(0)
    journal = replay(read_payloads(file, _notice_torn))
    if journal.settings != settings:
        raise JournalError("the journal was written with other options")
    file.seek(journal.size_bytes)
    file.truncate()
    _notice(f"continuing after {journal.run.commands} commands")
    return journal


def message_groups(descriptor: int) -> Iterator[bytes]:
    """Iterate over what each read brings, as whole messages, at most _GROUP_MESSAGES at a time.

    What is left at the end of input and is not whole comes last.
    """
    rest = b""
    while chunk := os.read(descriptor, MESSAGE_BYTES * _GROUP_MESSAGES - len(rest)):
        chunk = rest + chunk
        whole = len(chunk) - len(chunk) % MESSAGE_BYTES
        if whole:
            yield chunk[:whole]
        rest = chunk[whole:]
    if rest:
        yield rest


def line_groups(descriptor: int) -> Iterator[list[bytes]]:
    """Iterate over what each read brings, as whole lines without their ends.

    Of a line longer than LINE_BYTES_MAX only so much is kept that it can be told.
    """
    rest = b""
    while chunk := os.read(descriptor, _READ_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[: LINE_BYTES_MAX + 1]
        if lines:
            yield lines
    if rest:
        yield [rest]


def _print(lines: list[str]) -> None:
    if lines:
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


def _notice(text: str) -> None:
    sys.stderr.write(f"exchange.engine: {text}\n")
