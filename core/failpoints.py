"""Named points where a drill makes this process die, stop or fail; off, each is an empty look.

The drills (tests/drills) set FAILPOINTS to a list like

    batch.taken=kill@3,gateway.inserted=fail%20

`@3` acts at the third time the point is reached, `%20` at one time in 20, by the generator that
FAILPOINTS_SEED starts; without either the first time. What is done:

    kill    the process ends as by kill -9
    exit    the process ends at once, but by itself
    pause   the process is stopped (SIGSTOP) until somebody sends SIGCONT
    fail    the point raises what a lost database raises
"""

import os
import random
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from django.db import OperationalError

log = structlog.get_logger(__name__)

_EXIT_CODE: Final = 70


@dataclass(slots=True)
class _Failpoint:
    """What is done at a point, and when."""

    act: Callable[[], None]
    word: str
    at: int = 1
    one_in: int = 0
    reached: int = 0

    def is_due(self, chance: random.Random) -> bool:
        self.reached += 1
        if self.one_in:
            return chance.randrange(self.one_in) == 0
        return self.reached == self.at


def reach(name: str) -> None:
    """Do what a drill has set for this point; nothing outside of drills."""
    if _armed:
        _act(name)


def arm(text: str, *, seed: str = "") -> None:
    """Set points as FAILPOINTS says it, in place of those set before; "" sets none.

    Raises ValueError for what cannot be read.
    """
    points = dict(_read(part) for part in text.split(",") if part)
    _chance.seed(seed)
    _armed.clear()
    _armed.update(points)


def _act(name: str) -> None:
    point = _armed.get(name)
    if point is not None and point.is_due(_chance):
        log.warning("failpoint", point=name, action=point.word)
        point.act()


def _read(part: str) -> tuple[str, _Failpoint]:
    name, _, action = part.partition("=")
    word, at, number = action.partition("@")
    if not at:
        word, _, one_in = action.partition("%")
        return name, _Failpoint(_action(word), word, one_in=int(one_in or 0))
    return name, _Failpoint(_action(word), word, at=int(number))


def _action(word: str) -> Callable[[], None]:
    if word not in _ACTIONS:
        raise ValueError(f"a failpoint can {', '.join(_ACTIONS)}: not {word!r}")
    return _ACTIONS[word]


def _pause() -> None:
    """Stop here: a signal to the process alone would let this thread go on for a moment."""
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def _fail() -> None:
    raise OperationalError("a failpoint")


_ACTIONS: Final[Mapping[str, Callable[[], None]]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: os._exit(_EXIT_CODE),
    "pause": _pause,
    "fail": _fail,
}
_armed: Final[dict[str, _Failpoint]] = {}
_chance: Final = random.Random()  # noqa: S311 -- it draws faults and keeps no secret
arm(os.environ.get("FAILPOINTS", ""), seed=os.environ.get("FAILPOINTS_SEED", ""))
