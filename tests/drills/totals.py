"""What all drills so far came to, kept in a file: a run that is cut off has lost nothing."""

import json
from collections import Counter
from pathlib import Path

from tests.browser.sites import ROOT
from tests.drills.storm import Outcome

PATH = ROOT / "var" / "drills" / "totals.json"


def add(seed: str, outcome: Outcome, path: Path = PATH) -> dict[str, object]:
    """Add a round that ended well; return the totals."""
    totals = json.loads(path.read_text()) if path.exists() else {}
    for name in ("faults", "messages"):
        totals[name] = dict(Counter(totals.get(name, {})) + getattr(outcome, name))
    for name in ("sent", "acknowledged", "retries", "duplicates"):
        totals[name] = totals.get(name, 0) + getattr(outcome, name)
    slowest = max([totals.get("slowest_recovery", [0, ""]), *map(list, outcome.recovery_s)])
    totals["slowest_recovery"] = [round(slowest[0], 1), slowest[1]]
    totals["rounds"] = [*totals.get("rounds", []), seed]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".new").write_text(json.dumps(totals, indent=1, sort_keys=True))
    path.with_suffix(".new").replace(path)
    return totals


def read(path: Path = PATH) -> dict[str, object]:
    """The totals so far."""
    return json.loads(path.read_text()) if path.exists() else {}


def describe(totals: dict[str, object]) -> str:
    """The totals for people."""
    if not totals:
        return "no drill so far"
    faults = Counter(totals["faults"])
    lines = [f"  {times:>6}  {fault}" for fault, times in sorted(faults.items())]
    messages = ", ".join(f"{count} {kind}" for kind, count in sorted(totals["messages"].items()))
    lines += [
        f"  {faults.total():>6}  faults in {len(totals['rounds'])} rounds",
        f"  {sum(totals['messages'].values()):>6}  channel messages: {messages or 'none'}",
        f"  {totals['sent']:>6}  orders sent, {totals['acknowledged']} acknowledged",
        f"  {totals['retries']:>6}  retries, {totals['duplicates']} orders sent twice at once",
        "  {:>6}  s: the slowest recovery, from {}".format(*totals["slowest_recovery"]),
    ]
    return "\n".join(lines)
