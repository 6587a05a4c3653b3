"""manage.py demo --bots: the example bots on a live site."""

import signal
import subprocess
import sys
import time

import pytest

from tests.browser.sites import ROOT

pytestmark = pytest.mark.process


def test_demo_bots_trade_over_the_api_until_interrupted(site, slugs, client_of):
    reader = client_of(None)
    bots = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--bots", "--rate", "50"],
        cwd=ROOT, env=site.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        for line in bots.stdout:
            if line.startswith("The bots trade at"):
                break
        deadline = time.monotonic() + 60
        volumes = {sum(market.volume for market in reader.markets(limit=None))}
        while len(volumes) < 3:
            assert time.monotonic() < deadline, "books do not move"
            time.sleep(0.3)
            volumes.add(sum(market.volume for market in reader.markets(limit=None)))
    finally:
        bots.send_signal(signal.SIGINT)
        output, _ = bots.communicate(timeout=20)
    assert bots.returncode == 0, output
    assert output.splitlines()[-1].startswith("The bots stopped after ")
    assert int(output.split("stopped after ")[1].split()[0]) > 0
    assert "cannot" not in output
