"""Let the engine and the reference carry out many random commands, and stop where they differ.

    python -m tests.engine.fuzz --seeds 0 5000 --commands 2000 --jobs 2

Each seed is a run of its own. Finished seeds are noted in var/fuzz.ndjson with a fingerprint of
the code they were run with; started again, only seeds that this code has not seen are run.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from tests.engine.minimising import Difference, is_unlimited, minimised, run_seed, to_lines, write

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / "var" / "fuzz.ndjson"
SEEDS_AT_ONCE = 10
# What decides what a seed means and how it ends.
CODE = ("exchange/engine", "tests/engine/reference", "tests/engine")


def fingerprint() -> str:
    """Return a name for the code as it is."""
    found = hashlib.sha256()
    for folder in CODE:
        for path in sorted((ROOT / folder).glob("*.py")):
            if not path.name.startswith("test_"):
                found.update(path.read_bytes())
    return found.hexdigest()[:16]


class Progress:
    """The state file: which seeds this code has finished, and how many commands that were."""

    def __init__(self, path: Path, code: str, length: int) -> None:
        self.path = path
        self.key = {"code": code, "length": length}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.mine = [item for item in map(json.loads, lines) if self.key.items() <= item.items()]

    def is_done(self, seed: int) -> bool:
        return any(item["first"] <= seed <= item["last"] for item in self.mine)

    def total(self) -> int:
        return sum(item["commands"] for item in self.mine)

    def add(self, first: int, last: int, count: int) -> None:
        item = {**self.key, "first": first, "last": last, "commands": count}
        self.mine.append(item)
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(item) + "\n")


def run_range(first: int, last: int, length: int) -> int | Difference:
    """Run some seeds; return the number of commands, or where the two differ."""
    try:
        return sum(run_seed(seed, length) for seed in range(first, last + 1))
    except Difference as found:
        # Sent back as a value: what an exception holds may not survive the way to another process.
        return found


def ranges(first: int, end: int, progress: Progress) -> Iterator[tuple[int, int]]:
    """Yield ranges of the seeds that are not done, ends included."""
    waiting: list[int] = []
    for seed in range(first, end):
        if progress.is_done(seed):
            if waiting:
                yield waiting[0], waiting[-1]
            waiting = []
            continue
        waiting.append(seed)
        if len(waiting) == SEEDS_AT_ONCE:
            yield waiting[0], waiting[-1]
            waiting = []
    if waiting:
        yield waiting[0], waiting[-1]


def run(first: int, end: int, length: int, jobs: int, progress: Progress) -> Difference | None:
    """Run all seeds that are not done yet, until there is a difference."""
    todo = list(ranges(first, end, progress))
    seeds = sum(last - start + 1 for start, last in todo)
    bar = tqdm(total=seeds * length, unit=" commands", unit_scale=True, smoothing=0.1)
    with bar, ProcessPoolExecutor(jobs) as pool:
        running: dict[Future[int | Difference], tuple[int, int]] = {
            pool.submit(run_range, start, last, length): (start, last) for start, last in todo
        }
        for future in as_completed(running):
            found = future.result()
            if isinstance(found, Difference):
                pool.shutdown(cancel_futures=True)
                return found
            progress.add(*running[future], found)
            bar.update(found)
            bar.set_postfix_str(f"{progress.total():,} in all")
    return None


def report(found: Difference) -> None:
    """Say what differs and keep it, as short as it can be made."""
    sys.stdout.write(f"seed {found.seed} differs after {len(found.steps)} steps: {found.what}\n")
    steps = minimised(found)
    lines = to_lines(steps, unlimited=is_unlimited(found.seed))
    path = write(found.seed, lines)
    sys.stdout.write("\n".join(lines) + f"\n{len(steps)} steps are left, in {path}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.engine.fuzz")
    parser.add_argument("--seeds", nargs=2, type=int, default=(0, 5000), metavar=("FROM", "TO"))
    parser.add_argument("--commands", type=int, default=2000, help="of each seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--state", type=Path, default=STATE)
    asked = parser.parse_args()
    progress = Progress(asked.state, fingerprint(), asked.commands)
    found = run(*asked.seeds, asked.commands, asked.jobs, progress)
    sys.stdout.write(f"{progress.total():,} commands of this code gave equal events and states\n")
    if found is not None:
        report(found)
        sys.exit(1)


if __name__ == "__main__":
    main()
