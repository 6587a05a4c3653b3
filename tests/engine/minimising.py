"""Runs of steps that make the two engines differ: found, made as short as can be, kept as files."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from exchange.engine import Engine, commands
from tests.engine.comparing import MARKS, Pair, Step
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
                take(flow.choose.choice(MARKS))
                take([flow.command() for _ in range(BATCH)])
    except Exception as error:
        what = f"{type(error).__name__}: {str(error)[:300]}"
        raise Difference(seed, steps, what) from error
    return sum(1 for step in steps if not isinstance(step, list | str))


# Shorter runs


def events_differ(steps: Iterable[Step], *, unlimited: bool) -> bool:
    """Whether the two give different events, the twin left out."""
    reference = Reference(PAYOUT, unlimited_funds=unlimited)
    engine = Engine(PAYOUT, unlimited_funds=unlimited, keeps_trades=True)
    asked = (step for step in steps if not isinstance(step, list | str))
    return fails(lambda: all(engine.apply(step) == reference.apply(step) for step in asked))


def anything_differs(steps: Iterable[Step], *, unlimited: bool) -> bool:
    """Whether any comparison fails that `replay` makes."""
    return fails(lambda: replay(steps, unlimited=unlimited) or True)


def fails(holds: Callable[[], bool]) -> bool:
    try:
        return not holds()
    except Exception:  # noqa: BLE001 -- an engine that breaks differs as well
        return True


def replay(steps: Iterable[Step], *, unlimited: bool) -> None:
    """Take the steps, and compare everything in the end."""
    pair = Pair(unlimited=unlimited)
    for step in steps:
        pair.take(step)
    pair.check()


def minimised(found: Difference) -> list[Step]:
    """Return as few of the steps as still make the two differ."""
    unlimited = is_unlimited(found.seed)

    def by_events(steps: list[Step]) -> bool:
        return events_differ(steps, unlimited=unlimited)

    def by_anything(steps: list[Step]) -> bool:
        return anything_differs(steps, unlimited=unlimited)

    # The first is much cheaper, where it sees the difference.
    differs = by_events if by_events(found.steps) else by_anything
    steps = fewest(found.steps, differs)
    for place, step in enumerate(steps):
        if isinstance(step, list):
            before, after = steps[:place], steps[place + 1 :]
            batch = fewest(step, lambda some: differs([*before, some, *after]))  # noqa: B023 -- called at once
            steps = [*before, batch, *after]
    return steps


def fewest(steps: list[Step], differs: Differs) -> list[Step]:
    """Delta debugging: leave out ever smaller parts, until no single step can be left out."""
    size = len(steps) // 2
    while size:
        fewer = without_parts(steps, size, differs)
        if size > 1 or len(fewer) == len(steps):
            size //= 2
        steps = fewer
    return steps


def without_parts(steps: list[Step], size: int, differs: Differs) -> list[Step]:
    """Leave out every part of a size that makes no difference."""
    start = 0
    while start < len(steps):
        without = steps[:start] + steps[start + size :]
        if differs(without):
            steps = without
        else:
            start += size
    return steps


# Files: first how the engines are made, then a step a line: an object for a command, a list for a
# batch that is rolled back, a string for a mark


def to_lines(steps: Iterable[Step], *, unlimited: bool) -> list[str]:
    return [json.dumps(item) for item in ({"unlimited_funds": unlimited}, *map(plain, steps))]


def plain(step: Step):
    """Return the step as what JSON can say."""
    if isinstance(step, str):
        return step
    return [*map(plain, step)] if isinstance(step, list) else commands.encode(step)


def from_lines(lines: Iterable[str]) -> tuple[list[Step], bool]:
    """Return the steps, and whether funds are unlimited."""
    head, *steps = map(json.loads, lines)
    return [*map(step_of, steps)], head["unlimited_funds"]


def step_of(item) -> Step:
    if isinstance(item, str):
        return item
    return [*map(step_of, item)] if isinstance(item, list) else commands.decode(item)


def write(seed: int, lines: list[str]) -> Path:
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{seed}.ndjson"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
