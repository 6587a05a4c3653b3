"""`python -m exchange.engine`: the engine on standard input and output, see CONTRACTS 2.

    python -m exchange.engine [options] < commands.ndjson > events.ndjson
    python -m exchange.engine replay JOURNAL

The only module of the engine that does I/O. Whatever one read brings is one group: all its lines
are matched, their journal lines reach the disk, and only then are their events printed. So what
has been read from here is never lost, and a person typing gets an answer to each line.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from exchange.engine.journal import Journal, JournalError, Settings, replay
from exchange.engine.lifecycle import PAYOUT_TICKS_MIN
from exchange.engine.session import LINE_BYTES_MAX, Session

_READ_BYTES: Final = 1 << 18


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a bad journal, 2 for bad options."""
    options = _parse(sys.argv[1:] if arguments is None else arguments)
    try:
        if options.replay is not None:
            _replay_file(Path(options.replay))
        else:
            _serve(options)
    except (JournalError, OSError) as error:
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
        return parser.parse_args(arguments)
    parser.set_defaults(replay=None)
    parser.add_argument(
        "--payout", type=int, default=10_000, metavar="TICKS", help="what a contract pays"
    )
    parser.add_argument("--unlimited-funds", action="store_true", help="refuse none for money")
    parser.add_argument("--depth", type=int, metavar="N", help="print N levels after each command")
    parser.add_argument("--journal", metavar="FILE", help="write a journal, or continue one")
    parser.add_argument("--binary", action="store_true", help="not supported")
    options = parser.parse_args(arguments)
    if options.binary:
        parser.error("--binary is not supported")
    if options.payout < PAYOUT_TICKS_MIN:
        parser.error(f"--payout must be at least {PAYOUT_TICKS_MIN}")
    if options.depth is not None and options.depth < 1:
        parser.error("--depth must be at least 1")
    return options


def _serve(options: argparse.Namespace) -> None:
    settings = Settings(options.payout, options.unlimited_funds)
    if options.journal is None:
        _answer_all(Session(Journal(settings), options.depth), None)
        return
    path = Path(options.journal)
    path.touch()
    with path.open("r+b") as file:
        _answer_all(Session(_open_journal(file, settings), options.depth), file)


def _answer_all(session: Session, file: BinaryIO | None) -> None:
    """Answer every line of standard input, group by group; the journal goes to file."""
    for lines in line_groups(sys.stdin.fileno()):
        output: list[str] = []
        records: list[bytes] = []
        for line in lines:
            session.answer(line, output, None if file is None else records)
        if file is not None:
            _append(file, records)
        _print(output)
    _print([session.summary()])


def _replay_file(path: Path) -> None:
    with path.open("rb") as file:
        journal = replay(whole_lines(file))
    _print([Session(journal, None).summary()])


def _open_journal(file: BinaryIO, settings: Settings) -> Journal:
    """Return the journal in a file, its engine as it was left; or a new one in an empty file."""
    if not file.seek(0, os.SEEK_END):
        journal = Journal(settings)
        _append(file, [journal.header()])
        return journal
    file.seek(0)
    journal = replay(whole_lines(file))
    if journal.settings != settings:
        raise JournalError("the journal was written with other options")
    file.seek(journal.size_bytes)
    file.truncate()
    _notice(f"continuing after {journal.run.commands} commands")
    return journal


def whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """Iterate over the lines of a journal, without a last one that was not written to its end."""
    for line in file:
        if line.endswith(b'"}\n'):
            yield line
        elif file.read(1):
            raise JournalError("a line in the middle is damaged")
        else:
            _notice(f"cut a torn last line of {len(line)} bytes")


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


def _append(file: BinaryIO, records: list[bytes]) -> None:
    file.write(b"".join(records))
    file.flush()
    os.fsync(file.fileno())


def _print(lines: list[str]) -> None:
    if lines:
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


def _notice(text: str) -> None:
    sys.stderr.write(f"exchange.engine: {text}\n")
