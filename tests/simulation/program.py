"""The program: ranges of seeds that go on where they were left, and what broke on the way."""

import argparse
import gc
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from django.conf import settings
from tqdm import tqdm

from tests.simulation.logs import capture_logs
from tests.simulation.mutations import MUTATIONS
from tests.simulation.progress import ROOT, Progress, fingerprint
from tests.simulation.running import Task, run_seeds
from tests.simulation.scene import make_scene
from tests.simulation.simulation import Ran

STATE: Final = ROOT / "var" / "simulation.ndjson"
# Within so many seeds whatever is broken on purpose must show.
_CAUGHT_WITHIN: Final = 200


def run_range(asked: argparse.Namespace, task: Task) -> bool:
    """Run the seeds that are not done yet; return whether all were green."""
    progress = Progress(asked.state, fingerprint(), asked.commands)
    seeds = [seed for seed in range(*asked.seeds) if not progress.is_done(seed)]
    red: list[Ran] = []
    with tqdm(total=len(seeds), unit=" seeds", smoothing=0.05, disable=asked.trace) as bar:
        for ran in run_seeds(seeds, task, jobs=asked.jobs):
            progress.add(ran)
            bar.update()
            bar.set_postfix_str(progress.text())
            if ran.failure:
                red.append(ran)
                bar.write(_told(ran, asked))
            if asked.digests:
                bar.write(f"{ran.seed} {ran.digest}")
    _say(progress.table())
    _say(f"{progress.text()}; {len(red)} red of {len(seeds)} seeds now")
    _report(passed=len(seeds) - len(red), failed=len(red))
    return not red


def _told(ran: Ran, asked: argparse.Namespace) -> str:
    alone = f"--seeds {ran.seed} {ran.seed + 1} --commands {asked.commands} --trace"
    return f'seed {ran.seed} is red: {asdict(ran)}\ntold in full: make simulate ARGS="{alone}"'


def run_mutations(asked: argparse.Namespace, task: Task) -> bool:
    """Break the site in each way and look for the first red seed; return whether all were caught.

    Stops a mutation's seeds with the first that is red.
    """
    caught = 0
    for name in MUTATIONS:
        broken = replace(task, mutation=name)
        ran = _first_red(broken, asked)
        caught += ran is not None
        verdict = "NOT CAUGHT" if ran is None else f"seed {ran.seed}: {ran.failure[:160]}"
        _say(f"{name:<9} {verdict}")
    _say(f"{caught} of {len(MUTATIONS)} mutations caught within {_CAUGHT_WITHIN} seeds")
    _report(passed=caught, failed=len(MUTATIONS) - caught)
    return caught == len(MUTATIONS)


def _first_red(task: Task, asked: argparse.Namespace) -> Ran | None:
    seeds = range(asked.seeds[0], asked.seeds[0] + _CAUGHT_WITHIN)
    return next((ran for ran in run_seeds(seeds, task, jobs=asked.jobs) if ran.failure), None)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _report(*, passed: int, failed: int) -> None:
    if path := os.environ.get("CHECK_REPORT"):
        Path(path).write_text(f"{passed} {failed}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", nargs=2, type=int, default=(0, 2000), metavar=("FROM", "TO"))
    parser.add_argument("--commands", type=int, default=500, help="of each seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--state", type=Path, default=STATE, help="where done seeds are noted")
    parser.add_argument("--trace", action="store_true", help="tell everything, of one seed")
    parser.add_argument("--digests", action="store_true", help="print the digest of each run")
    parser.add_argument("--mutations", action="store_true", help="break the site, and be caught")
    asked = parser.parse_args()
    if asked.trace:
        asked.state = Path(os.devnull)
    alarms = capture_logs(trace=asked.trace)
    settings.SNAPSHOT_BATCHES = 25
    # No broker: the followers look by themselves, and nobody is told by a thread that is real.
    settings.JOURNAL_SUBSCRIBERS, settings.JOURNAL_NUDGED = {}, {}
    with make_scene() as scene:
        gc.freeze()
        task = Task(scene=scene, commands=asked.commands, alarms=alarms, trace=asked.trace)
        is_green = run_mutations(asked, task) if asked.mutations else run_range(asked, task)
    sys.exit(not is_green)
