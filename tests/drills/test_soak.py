"""An hour's trading: the memory of each process stays flat. Short in CI."""

import os
import time

import pytest

from tests.drills.acting import prove
from tests.drills.conftest import FULL
from tests.drills.records import Records
from tests.drills.site import DrillSite
from tests.drills.traders import Load

pytestmark = [pytest.mark.drill, pytest.mark.timeout(0)]
# Shorter than this, what a process still warms up hides what it leaks.
WARM_SHARE = 0.4
SOAK_S = float(os.environ.get("DRILL_SOAK_S", "60" if FULL else "10"))
SAMPLES = 60
SLOPE_MB_PER_HOUR_MAX = 5.0
# A run of seconds can only tell a leak from a flood.
SHORT_GROWTH_MB_MAX = 25.0


def slope(points: list[tuple[float, float]]) -> float:
    """How much y grows for one x, by the least squares."""
    xs, ys = zip(*points, strict=True)
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - x_mean) ** 2 for x in xs)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / spread


def sample(site: DrillSite, soak_s: float) -> dict[str, list[tuple[float, float]]]:
    """Each program's memory in MB, by hours since the start."""
    started, taken = time.monotonic(), {name: [] for name in site.programs}
    for number in range(SAMPLES):
        time.sleep(max(0.0, started + soak_s * (number + 1) / SAMPLES - time.monotonic()))
        for name, program in site.programs.items():
            taken[name].append(((time.monotonic() - started) / 3600, program.rss_mb()))
    return taken


def test_memory_stays_flat(site: DrillSite) -> None:
    records = Records()
    with Load(site, records, seed="soak", traders=6):
        taken = sample(site, SOAK_S)
    print(f"\n{records.acknowledged()} orders in {SOAK_S:.0f} s")
    print(f"{'program':<10}{'first MB':>10}{'last MB':>10}{'MB/h at the end':>18}")
    slopes = {}
    for name, points in taken.items():
        slopes[name] = slope(points[int(WARM_SHARE * len(points)) :])
        print(f"{name:<10}{points[0][1]:>10.1f}{points[-1][1]:>10.1f}{slopes[name]:>18.1f}")
    prove(site)
    assert records.surprises == []
    grown = {name: points[-1][1] - points[0][1] for name, points in taken.items()}
    assert max(grown.values()) < SHORT_GROWTH_MB_MAX, grown
    if SOAK_S >= 1800:
        assert max(slopes.values()) < SLOPE_MB_PER_HOUR_MAX, slopes
