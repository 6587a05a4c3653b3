"""Which seeds are done, in a file that only grows: a long range goes on where it was left."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.simulation.simulation import Ran

ROOT = Path(__file__).resolve().parents[2]
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
        item = {
            **self._key, "seed": ran.seed, "commands": ran.commands, "batches": ran.batches,
            "faults": ran.faults, "took_s": ran.took_s,
        }  # fmt: skip
        self._done[ran.seed] = item
        if self._path.is_file() or not self._path.exists():
            self._path.parent.mkdir(exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(item) + "\n")

    def text(self) -> str:
        """Return the total so far."""
        done = self._done.values()
        commands, faults, batches = (
            sum(item[name] for item in done) for name in ("commands", "faults", "batches")
        )
        took_s = sum(item["took_s"] for item in done) or 1
        return (
            f"{len(done):,} seeds, {commands:,} commands, {batches:,} batches, {faults:,} faults,"
            f" {commands / took_s:.0f} commands a second of a core"
        )
