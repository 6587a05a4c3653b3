"""How fast the matching engine is, beside a bare book and the books that others wrote.

    python -m benchmarks.engine [--rounds 5] [--only mixed pipeline] [--compare DIR] [--quick]

One table, a row for each figure: the median of the rounds, how many times as fast that is as the
floor (floor.py) in the same round, and what it should be. Figures per command are process CPU time
without the garbage collector; pipeline and replay are wall time on one core. --compare measures
the engine in another folder as well, such as a compiled one, taking turns in every round.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from platform import python_version as version
from typing import IO

from benchmarks.engine.rows import Figures, Measured, table
from benchmarks.engine.sections import SCALES, SECTIONS

WORKER = Path(__file__).with_name("worker.py")


class Worker:
    """A process that measures a section on request."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.is_compiled = bool(self._read()["is_compiled"])

    def measure(self) -> Figures:
        """Return the figures of one more round."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> Figures:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a measuring process failed, see above")
        return json.loads(line)


@contextmanager
def start(section: str, scale: str, engine: str | None) -> Iterator[Worker]:
    """Start a worker on the engine of this repository, or on another one."""
    command = [sys.executable, str(WORKER), section, scale, *([engine] if engine else [])]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Worker(process)
    finally:
        for stream in (process.stdin, process.stdout):
            close(stream)
        process.terminate()
        process.wait()


def close(stream: IO[str] | None) -> None:
    """Close one end of a pipe."""
    if stream is not None:
        stream.close()


def measure(section: str, options: argparse.Namespace, measured: Sequence[Measured]) -> None:
    """Measure all rounds of a section, the engines taking turns."""
    with ExitStack() as stack:
        workers = []
        for one, engine in zip(measured, (None, options.compare), strict=False):
            worker = stack.enter_context(start(section, options.scale, engine))
            one.name = "compiled" if worker.is_compiled else "pure Python"
            if engine and one.name == measured[0].name:
                one.name += f" in {Path(engine).name}"
            workers.append(worker)
        for number in range(1 if SECTIONS[section].is_steady else options.rounds):
            for one, worker in zip(measured, workers, strict=True):
                one.add(number, worker.measure())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.engine", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--rounds", type=int, default=5, help="a figure is the median of so many")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=list(SECTIONS),
        metavar="SECTION",
        default=list(SECTIONS),
        help=f"some of {', '.join(SECTIONS)}",
    )
    parser.add_argument("--compare", metavar="DIR", help="also measure the engine in DIR/exchange")
    parser.add_argument(
        "--quick",
        action="store_const",
        const="quick",
        default="full",
        dest="scale",
        help="small streams: to try the benchmark, not the engine",
    )
    options = parser.parse_args()
    if options.compare:
        options.compare = str(Path(options.compare).resolve())
    measured = [Measured() for _ in range(2 if options.compare else 1)]
    for section in options.only:
        print(f"measuring: {section}", file=sys.stderr, flush=True)
        measure(section, options, measured)
    scale = SCALES[options.scale]
    rows = [row for section in options.only for row in SECTIONS[section].rows(scale)]
    names = " and ".join(one.name for one in measured)
    print(f"The engine, {names}: medians of {options.rounds} rounds, CPython {version()}")
    print(table(rows, measured))


if __name__ == "__main__":
    main()
