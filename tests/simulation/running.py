"""Running seeds: some at a time, each in a process of its own that begins as all others do.

A process that is forked for a seed has no past: nothing of one run can reach another.
"""

import gc
import os
import random
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import wait
from types import SimpleNamespace
from typing import Any

from django.db import connections

from tests.simulation import mutations
from tests.simulation.logs import Alarms
from tests.simulation.process import Lock, sleep
from tests.simulation.scene import Scene, copy_scene, remove_copy
from tests.simulation.simulation import Ran, Simulation


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How seeds are run: on which scene, how far, told in full or not, the site broken or not."""

    scene: Scene
    commands: int
    alarms: Alarms
    trace: bool = False
    mutation: str | None = None


def run_seed(seed: int, task: Task) -> Ran:
    """Run one seed here, in a process that runs no other."""
    _make_certain(seed)
    gc.disable()  # what a dead process left is not to be cleaned up, and the run is short
    if task.mutation:
        mutations.MUTATIONS[task.mutation]()
    path = copy_scene(task.scene, f"{os.getpid()}")
    try:
        telling = print if task.trace else None
        simulation = Simulation(seed, task.scene, path, commands=task.commands, telling=telling)
        task.alarms.raise_alarm = simulation.world.fail
        return simulation.run()
    except Exception:  # noqa: BLE001 -- whatever breaks a run is what came of it
        return Ran(seed=seed, failure=traceback.format_exc())
    finally:
        remove_copy(path)


def _make_certain(seed: int) -> None:
    """Have what the site draws by chance, and its locks, be the run's own."""
    random.seed(seed)
    chance = random.Random(f"{seed}:names")
    secrets.token_hex = lambda n=4: f"{chance.getrandbits(8 * (n or 4)):x}"
    threading.Lock = Lock  # type: ignore[assignment]
    time.sleep = sleep
    threading.Thread.start = _refuse  # type: ignore[method-assign]
    # Threads are simulated: each has its connection put here before it goes on (process.py).
    connections._connections = SimpleNamespace()


def _refuse(thread: threading.Thread) -> None:
    """A thread that is real goes on when it likes, and takes simulated locks for its own."""
    raise AssertionError(f"{thread.name} would be a real thread")


def run_seeds(seeds: Iterable[int], task: Task, *, jobs: int) -> Iterator[Ran]:
    """Run seeds, `jobs` at a time; yield what came of each as it is done."""
    fork = get_context("fork")
    waiting = iter(seeds)
    running: dict[Any, Any] = {}

    def start_next() -> None:
        for seed in waiting:
            receiver, sender = fork.Pipe(duplex=False)
            process = fork.Process(target=_run_and_send, args=(sender, seed, task), daemon=True)
            process.start()
            sender.close()
            running[receiver] = (process, seed)
            return

    for _ in range(jobs):
        start_next()
    try:
        while running:
            for receiver in wait(list(running)):
                process, seed = running.pop(receiver)
                ran = _received(receiver, seed)
                process.join()
                start_next()
                yield ran
    finally:
        for process, _ in running.values():  # whoever asked has seen enough
            process.kill()


def _run_and_send(sender: Any, seed: int, task: Task) -> None:
    sender.send(run_seed(seed, task))
    sender.close()
    sys.stdout.flush()
    os._exit(0)  # at once: nothing of the dead is to be collected


def _received(receiver: Any, seed: int) -> Ran:
    try:
        return receiver.recv()
    except EOFError:
        return Ran(seed=seed, failure="the process of this seed died")
