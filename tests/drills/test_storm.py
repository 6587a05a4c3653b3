"""Faults at random moments under load: nothing acknowledged is lost, nothing is there twice."""

import os
import secrets

import pytest

from tests.drills import totals
from tests.drills.site import DrillSite
from tests.drills.storm import Storm

pytestmark = [pytest.mark.drill, pytest.mark.timeout(0)]
FAULTS = int(os.environ.get("DRILL_FAULTS", "10"))
SEED = os.environ.get("DRILL_SEED") or secrets.token_hex(3)
FAULTS_OF_A_ROUND = 40


def test_storm_loses_and_doubles_nothing(stopped_site: DrillSite) -> None:
    left, number = FAULTS, 0
    while left > 0:
        seed = f"{SEED}.{number}"
        print(f"\nround {seed}", flush=True)
        outcome = Storm(stopped_site, seed=seed).rage(min(left, FAULTS_OF_A_ROUND))
        print(totals.describe(totals.add(seed, outcome)), flush=True)
        left, number = left - outcome.faults.total(), number + 1
        stopped_site.kill()
        stopped_site.begin_anew()
