"""Run the test suite: what `make test` does once everything is installed.

Browser tests need a Chromium. Without one they are left out and the last line says so; with
REQUIRE_BROWSER=1 that is a failure. They run after the others, in processes of their own: the
browser's driver leaves an event loop running in its thread, where nothing asynchronous can be
tested any more. The drills are no part of it: `make drills`. Further arguments go to pytest.
TEST_REPORT names a file for the results as JUnit XML; those of the browser tests stand beside it.
"""

import os
import subprocess
import sys
from pathlib import Path

from find_chromium import find_chromium

ROOT = Path(__file__).resolve().parent.parent
INSTALL_LIMIT_S = 180
NOT_RUN = "BROWSER TESTS NOT RUN: install chromium"
NO_TESTS_COLLECTED = 5
BROWSER = "browser"


def ensure_chromium() -> str | None:
    """Return a Chromium, fetching Playwright's own where the machine has none."""
    if found := find_chromium():
        return found
    if os.environ.get("CHROMIUM"):
        return None
    print("Looking for a browser: trying Playwright's own Chromium", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium", "--no-shell"]
    try:
        subprocess.run(command, capture_output=True, timeout=INSTALL_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return None
    return find_chromium()


def environment(chromium: str | None) -> dict[str, str]:
    """Return the variables of the test run; its files stay apart from those of `make run`."""
    variables = {"VAR_DIR": str(ROOT / "var" / "test"), **os.environ, "LIKELY_TESTING": "1"}
    if chromium:
        variables["CHROMIUM"] = chromium
    return variables


def run_pytest(arguments: list[str], variables: dict[str, str], *, kind: str = "") -> int:
    """Run pytest over the cores and return its exit code; `kind` chooses by mark."""
    command = [sys.executable, "-m", "pytest", "--quiet", "-n", "auto", "--dist", "worksteal"]
    if kind:
        command += ["-m", kind]
    if report := os.environ.get("TEST_REPORT"):
        path = Path(report)
        name = f"{path.stem}-browser{path.suffix}" if kind == BROWSER else path.name
        command += [f"--junitxml={path.with_name(name)}"]
    return subprocess.call([*command, *arguments], cwd=ROOT, env=variables)


def worst(codes: list[int]) -> int:
    """Return the exit code of several runs; one that found no tests counts only by itself."""
    failed = [code for code in codes if code not in {0, NO_TESTS_COLLECTED}]
    return failed[0] if failed else min(codes)


def main() -> int:
    """Run the suite and return its exit code."""
    chromium = ensure_chromium()
    if chromium is None and os.environ.get("REQUIRE_BROWSER") == "1":
        print(NOT_RUN + " (REQUIRE_BROWSER=1)")
        return 1
    arguments, variables = sys.argv[1:], environment(chromium)
    if "-m" in arguments:
        # Whoever chooses by mark chooses among the browser tests too.
        return run_pytest(arguments, variables)
    codes = [run_pytest(arguments, variables, kind=f"not {BROWSER} and not drill")]
    if chromium is not None:
        codes.append(run_pytest(arguments, variables, kind=BROWSER))
    else:
        print(NOT_RUN)
    return worst(codes)


if __name__ == "__main__":
    sys.exit(main())
