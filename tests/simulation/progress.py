"""Which seeds are done, in a file that only grows: a long range goes on where it was left."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.simulation.simulation import Ran

ROOT = Path(__file__).resolve().parents[2]
_UNTOLD = ("failure", "digest")
# What decides what a seed means and how it ends.
CODE = ("core", "exchange", "notifications", "tests/simulation")


def fingerprint() -> str:
    """Return a name for the code as it is."""
    found = hashlib.sha256()
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not path.name.startswith("test_"):
                found.update(path.read_bytes())
    return found.hexdigest()[:16]


class Progress:
    """The state file. Red seeds are not done: they are run again until they are green."""

    def __init__(self, path: Path, code: str, commands: int) -> None:
        self._path = path
        self._key = {"code": code, "asked": commands}
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        mine = [item for item in map(json.loads, lines) if self._key.items() <= item.items()]
        self._done: dict[int, Any] = {item["seed"]: item for item in mine}

    def is_done(self, seed: int) -> bool:
        return seed in self._done

    def add(self, ran: Ran) -> None:
        if ran.failure:
            return
        told = {name: value for name, value in asdict(ran).items() if name not in _UNTOLD}
        item = {**self._key, **told}
        self._done[ran.seed] = item
        if self._path.is_file() or not self._path.exists():
            self._path.parent.mkdir(exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(item) + "\n")

    def text(self) -> str:
        """Return the total so far."""
        done = self._done.values()
        commands, took_s = (sum(item[name] for item in done) for name in ("commands", "took_s"))
        speed = round(commands / (took_s or 1))
        return f"{len(done):,} seeds, {commands:,} commands, {speed} a second of a core"

    def table(self) -> str:
        """Return all that happened so far, a line for each kind of thing."""
        lines: Counter[str] = Counter()
        for item in self._done.values():
            lines.update({name: item[name] for name in ("commands", "batches", "takeovers")})
            lines.update({"dead letters": item["dead_letters"], "seeds": 1, **item["faults"]})
            lines.update(item["events"])
        return "\n".join(f"{count:12,} {name}" for name, count in lines.items())
