"""How much of the processors each of a stack's processes has used, by /proc."""

import os
from collections.abc import Mapping
from pathlib import Path

from tests.browser.sites import Site

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_KINDS = {
    "manage.py web": "web", "runbooks": "books", "celery": "celery", "postgres:": "database",
    "redis-server": "redis",
}  # fmt: skip


def cpu_seconds(site: Site) -> dict[str, float]:
    """Return seconds of processor time by kind of process; Redis is counted with others' use."""
    used = dict.fromkeys(_KINDS.values(), 0.0)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            kind = _kind_of(process, site.env["CHANNEL_PREFIX"])
            if kind is not None:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                used[kind] += (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
        except OSError:  # it has ended, or is somebody else's
            continue
    return used


def _kind_of(process: Path, name: str) -> str | None:
    command = (process / "cmdline").read_text().replace("\0", " ")
    kind = next((kind for part, kind in _KINDS.items() if part in command), None)
    if kind in {None, "redis"} or (kind == "database" and name in command):
        return kind
    return kind if f"CHANNEL_PREFIX={name}".encode() in (process / "environ").read_bytes() else None


def per_order(before: Mapping[str, float], after: Mapping[str, float], orders: int) -> str:
    """Return microseconds per order by kind of process, as one text."""
    used = {kind: 1e6 * (after[kind] - before[kind]) / orders for kind in after}
    parts = ", ".join(f"{kind} {used_us:.0f}" for kind, used_us in used.items() if used_us >= 1)
    return f"{sum(used.values()):.0f} us: {parts}"
