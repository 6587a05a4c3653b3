"""Generated requests against a running site: so that the API keeps to its description.

python -m benchmarks.conformance [--cases 20000] [--minutes 30] [--port 8399]

Starts a site of its own with demo data, and has Schemathesis ask it, with every check on, as
somebody unknown, as a member, as a stranger and by a key that may only read. Prints what each
came to; exits 1 where a check failed. Failures are kept in var/conformance/.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
KEPT: Final = ROOT / "var" / "conformance"
CONFIG: Final = Path(__file__).with_name("schemathesis.toml")
_BUDGETS: Final = ("ANONYMOUS", "READS", "ORDERS", "CANCELS", "BATCHES")
_SETTINGS: Final = {
    **dict.fromkeys([f"THROTTLE_{budget}" for budget in _BUDGETS], "100000/s"),
    "REPLY_TIMEOUT_S": "1",
}
_KEYS: Final = """
import json
from accounts.keys.services import create_key
from accounts.models import User
wanted = {"member": ("alice", ["read", "trade", "cancel"]), "reader": ("alice", ["read"]),
          "stranger": ("bob", ["read", "trade", "cancel"])}
print("KEYS", json.dumps({who: create_key(
    user=User.objects.get(handle=handle), name=who, scopes=scopes).secret
    for who, (handle, scopes) in wanted.items()}))
"""


class Outcome(NamedTuple):
    """What one visitor's requests came to."""

    visitor: str
    cases: int
    failures: int


@contextmanager
def running_site(port: int) -> Iterator[dict[str, str]]:
    """Run a site with demo data in a directory of its own; give keys by visitor."""
    with TemporaryDirectory() as folder:
        environment = {**os.environ, **_SETTINGS, "VAR_DIR": folder}
        manage = [sys.executable, str(ROOT / "manage.py")]
        log = (KEPT / "site.log").open("w")
        site = subprocess.Popen(
            [*manage, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            told = subprocess.run(
                [*manage, "shell", "-c", _KEYS], env=environment, check=True, capture_output=True
            ).stdout.decode()
            yield json.loads(told.partition("KEYS ")[2])
        finally:
            site.terminate()
            site.wait(30)


def _wait_for(address: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 -- our own site
                return
        except OSError:
            time.sleep(1)
    raise TimeoutError(address)


def ask(visitor: str, key: str, *, port: int, minutes: float, cases: int) -> Outcome:
    """Have one visitor ask; print the report's end."""
    address = f"http://127.0.0.1:{port}"
    command = ["schemathesis", f"--config-file={CONFIG}", "run", f"{address}/api/schema/",
               "--url", address, "--checks", "all", "--no-color", "--continue-on-failure",
               "--max-time", str(round(minutes * 60)), "--max-examples", str(cases)]  # fmt: skip
    if key:
        command += ["--header", f"Authorization: Token {key}"]
    told = subprocess.run(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]],
        capture_output=True,
        check=False,
        cwd=KEPT,
    ).stdout.decode()
    (KEPT / f"{visitor}.txt").write_text(told)
    generated = re.search(r"(\d+) generated", told)
    failures = re.search(r"(\d+) unique failures", told)
    outcome = Outcome(
        visitor, int(generated[1]) if generated else 0, int(failures[1]) if failures else 0
    )
    print(f"{outcome.visitor:10} {outcome.cases:8} {outcome.failures:9}", flush=True)
    return outcome


def main() -> int:
    """Ask as everybody; return 1 where a check failed or nothing was asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=20_000, help="in all, at least")
    options.add_argument("--minutes", type=float, default=30, help="in all, at most")
    options.add_argument("--port", type=int, default=8399)
    asked = options.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    print(f"{'visitor':10} {'cases':>8} {'failures':>9}")
    with running_site(asked.port) as keys:
        outcomes = [
            ask(visitor, key, port=asked.port, minutes=asked.minutes / 4, cases=asked.cases // 200)
            for visitor, key in {"anonymous": "", **keys}.items()
        ]
    total = sum(outcome.cases for outcome in outcomes)
    print(f"{'all':10} {total:8} {sum(one.failures for one in outcomes):9}")
    return int(any(one.failures for one in outcomes) or total == 0)


if __name__ == "__main__":
    sys.exit(main())
