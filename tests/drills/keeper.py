"""Whoever looks after the programs in a storm: starts what died, continues what was stopped.

A program is started again with a failpoint, the one that was met least often so far, so that in
the long run each dies between every pair of its steps.
"""

import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Self

from tests.drills.programs import Program
from tests.drills.site import DrillSite

_BATCH = ("locked", "taken", "judged", "accounts_locked", "inserted", "written", "committed")
# What can happen at each point. A failure after a COMMIT is no longer that of a lost database.
POINTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "books": {f"batch.{step}": ("kill", "kill", "exit", "pause", "fail") for step in _BATCH}
    | {
        "books.lease_taken": ("kill", "pause", "fail"),
        "books.loaded": ("kill", "pause", "fail"),
        "books.publishing": ("kill", "pause"),
        "books.replied": ("kill", "pause"),
    },
    "web": {
        "gateway.inserted": ("kill", "exit", "pause", "fail"),
        "gateway.committed": ("kill", "exit", "pause", "fail"),
        "gateway.answered": ("kill", "pause"),
    },
    "celery": {
        "mail.written": ("kill", "exit", "fail"),
        "mail.committed": ("kill", "exit"),
        "mail.claimed": ("kill", "exit"),
        "mail.sent": ("kill", "exit"),
    },
}
# The points that a program passes once in its life, not with each order.
_AT_START = ("books.lease_taken", "books.loaded")
# Celery logs in a form of its own, and names what was met in another order.
_MET = re.compile(
    r"^(?=.*\bfailpoint\b)(?=.*\baction\W{1,4}(\w+))(?=.*\bpoint\W{1,4}([\w.]+)).*$", re.MULTILINE
)
_SPOILED = re.compile(r"messages spoiled: drop=(\d+) double=(\d+) late=(\d+)")
_LOOK_S = 0.05
# So many lives have no failpoint, and end by what the storm does.
_UNARMED = 0.3
_STOPPED_S = (0.3, 6.0)


class Keeper(threading.Thread):
    """Keeps the programs of a site alive, and counts what happened to them."""

    def __init__(self, site: DrillSite, *, seed: str, layer_one_in: int = 20) -> None:
        super().__init__(name="keeper", daemon=True)
        self.faults: Counter[str] = Counter()
        self.messages: Counter[str] = Counter()
        self.deaths: list[str] = []
        self._site = site
        self._chance = random.Random(f"keeper:{seed}")
        self._layer = str(layer_one_in)
        self._read: dict[str, int] = {}
        self._continue_at: dict[str, float] = {}
        self._expected: set[int] = set()
        self._held: set[str] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._armed = True

    def __enter__(self) -> Self:
        for program in self._site.programs.values():
            self._start(program)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self.join()
        self._read_logs()

    def run(self) -> None:
        while not self._ending.wait(_LOOK_S):
            for program in self._site.programs.values():
                with self._lock:
                    if program.name not in self._held:
                        self._look_after(program)
            self._read_logs()

    def kill(self, program: Program) -> None:
        """Have a program die now; it is started again like any other that died."""
        with self._lock:
            self._expected.add(program.pid)
            program.kill()

    def hold(self, program: Program) -> None:
        """Leave a program alone: whoever stopped it continues it."""
        with self._lock:
            self._held.add(program.name)

    def release(self, program: Program) -> None:
        """Look after a program again."""
        self._held.discard(program.name)

    def disarm(self) -> None:
        """Start programs without failpoints from now on, so that the storm dies down."""
        self._armed = False

    def _look_after(self, program: Program) -> None:
        if program.exit_code() is not None:
            self._note_death(program)
            self._start(program)
        elif program.is_stopped():
            due = self._continue_at.setdefault(
                program.name, time.monotonic() + self._chance.uniform(*_STOPPED_S)
            )
            if time.monotonic() >= due:
                del self._continue_at[program.name]
                program.send(signal.SIGCONT)

    def _note_death(self, program: Program) -> None:
        said = program.log_of_life()
        died_here = [action for action, _ in _MET.findall(said) if action in {"kill", "exit"}]
        if not died_here and program.pid not in self._expected:
            self.deaths.append(
                f"{program.name} ended by itself: {program.exit_code()}\n{said[-3_000:]}"
            )
        program.kill()  # what it has started may live on

    def _start(self, program: Program) -> None:
        more = {"FAILPOINTS": self._draw(program.kind), "FAILPOINTS_SEED": str(program.lives)}
        program.start(DRILL_LAYER_ONE_IN=self._layer, **more)

    def _draw(self, kind: str) -> str:
        if not self._armed or self._chance.random() < _UNARMED:
            return ""
        points = POINTS[kind]
        point = min(points, key=lambda name: (self._times_met(name), self._chance.random()))
        action = self._chance.choice(points[point])
        return f"{point}={action}@{1 if point in _AT_START else self._chance.randint(1, 30)}"

    def _times_met(self, point: str) -> int:
        return sum(times for fault, times in self.faults.items() if fault.endswith(f" at {point}"))

    def _read_logs(self) -> None:
        for program in self._site.programs.values():
            with program.log.open("rb") as log:
                log.seek(self._read.get(program.name, 0))
                said = log.read()
            whole = said[: said.rfind(b"\n") + 1]
            self._read[program.name] = self._read.get(program.name, 0) + len(whole)
            self._count(whole.decode(errors="replace"))

    def _count(self, said: str) -> None:
        for action, point in _MET.findall(said):
            self.faults[f"{action} at {point}"] += 1
        for counts in _SPOILED.findall(said):
            for kind, count in zip(("dropped", "doubled", "late"), counts, strict=True):
                self.messages[kind] += int(count)
