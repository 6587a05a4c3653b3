"""Runs of steps that make the two engines differ: found, made as short as can be, kept as files."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from exchange.engine import Engine, commands
from tests.engine.comparing import Pair, Step
from tests.engine.generating import PAYOUT, Flow
from tests.engine.reference import Reference

FOLDER = Path(__file__).parent / "regressions"
CHECK_EVERY = 100
BATCH = 5
UNLIMITED_ONE_IN = 4

Differs = Callable[[list[Step]], bool]


class Difference(Exception):  # noqa: N818 -- it is not an error of the program that finds it
    """The two differ after these steps."""

    def __init__(self, seed: int, steps: list[Step], what: str) -> None:
        super().__init__(seed, steps, what)
        self.seed = seed
        self.steps = steps
        self.what = what


def is_unlimited(seed: int) -> bool:
    """Whether the seed's run is one without regard to money."""
    return seed % UNLIMITED_ONE_IN == UNLIMITED_ONE_IN - 1


def run_seed(seed: int, count: int) -> int:
    """Apply the opening and `count` random commands of a seed; return how many that were.

    Raises Difference.
    """
    pair = Pair(unlimited=is_unlimited(seed))
    flow = Flow(seed, pair.reference)
    steps: list[Step] = []

    def take(step: Step) -> None:
        steps.append(step)
        pair.take(step)

    try:
        for command in flow.opening():
            take(command)
        for number in range(1, count + 1):
            take(flow.command())
            if number % CHECK_EVERY == 0 or number == count:
                pair.check()
                take([flow.command() for _ in range(BATCH)])
    except Exception as error:
        what = f"{type(error).__name__}: {str(error)[:300]}"
        raise Difference(seed, steps, what) from error
    return sum(1 for step in steps if not isinstance(step, list))


# Shorter runs


def events_differ(steps: Iterable[Step], *, unlimited: bool) -> bool:
    """Whether the two give different events, the twin left out."""
    reference = Reference(PAYOUT, unlimited_funds=unlimited)
    engine = Engine(PAYOUT, unlimited_funds=unlimited, keeps_trades=True)
    plain = (step for step in steps if not isinstance(step, list))
    return fails(lambda: all(engine.apply(step) == reference.apply(step) for step in plain))


def anything_differs(steps: Iterable[Step], *, unlimited: bool, every: int = 1) -> bool:
    """Whether any comparison fails that `replay` makes."""
    return fails(lambda: replay(steps, unlimited=unlimited, every=every) or True)


def fails(holds: Callable[[], bool]) -> bool:
    try:
        return not holds()
    except Exception:  # noqa: BLE001 -- an engine that breaks differs as well
        return True


def replay(steps: Iterable[Step], *, unlimited: bool, every: int = 1) -> None:
    """Take the steps and compare everything after each `every` of them."""
    pair = Pair(unlimited=unlimited)
    for number, step in enumerate(steps, start=1):
        pair.take(step)
        if number % every == 0:
            pair.check()


def minimised(found: Difference) -> list[Step]:
    """Return as few of the steps as still make the two differ, in the cheapest way that does."""
    unlimited = is_unlimited(found.seed)

    def by_events(steps: list[Step]) -> bool:
        return events_differ(steps, unlimited=unlimited)

    def by_everything(steps: list[Step]) -> bool:
        return anything_differs(steps, unlimited=unlimited)

    for differs in (by_events, by_everything):
        if differs(found.steps):
            return fewest(found.steps, differs)
    return found.steps


def fewest(steps: list[Step], differs: Differs) -> list[Step]:
    """Delta debugging: leave out ever smaller parts, until no single step can be left out."""
    size = len(steps) // 2
    while size:
        start = 0
        while start < len(steps):
            without = steps[:start] + steps[start + size :]
            if differs(without):
                steps = without
            else:
                start += size
        size //= 2
    return steps


# Files: first how the engines are made, then a command, or a batch that is rolled back, a line


def to_lines(steps: Iterable[Step], *, unlimited: bool) -> list[str]:
    lines = [json.dumps({"unlimited_funds": unlimited})]
    for step in steps:
        batch = isinstance(step, list)
        lines.append(json.dumps([*map(commands.encode, step)] if batch else commands.encode(step)))
    return lines


def from_lines(lines: Iterable[str]) -> tuple[list[Step], bool]:
    """Return the steps, and whether funds are unlimited."""
    head, *rest = map(json.loads, lines)
    steps = [
        [*map(commands.decode, item)] if isinstance(item, list) else commands.decode(item)
        for item in rest
    ]
    return steps, head["unlimited_funds"]


def write(seed: int, lines: list[str]) -> Path:
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{seed}.ndjson"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
