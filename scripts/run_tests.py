"""Run the test suite: what `make test` does once everything is installed.

Browser tests need a Chromium. Without one they are left out and the last line says so; with
REQUIRE_BROWSER=1 that is a failure. Further arguments go to pytest.
TEST_REPORT names a file for the results as JUnit XML.
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


def pytest_command(arguments: list[str], *, with_browser: bool) -> list[str]:
    """Return the command line; the suite is spread over the cores unless told otherwise."""
    command = [sys.executable, "-m", "pytest", "--quiet", "-n", "auto", "--dist", "worksteal"]
    if not with_browser:
        command += ["-m", "not browser"]
    if report := os.environ.get("TEST_REPORT"):
        command += [f"--junitxml={report}"]
    return [*command, *arguments]


def main() -> int:
    """Run the suite and return its exit code."""
    chromium = ensure_chromium()
    required = os.environ.get("REQUIRE_BROWSER") == "1"
    if required and chromium is None:
        print(NOT_RUN + " (REQUIRE_BROWSER=1)")
        return 1
    command = pytest_command(sys.argv[1:], with_browser=chromium is not None)
    code = subprocess.call(command, cwd=ROOT, env=environment(chromium))
    if chromium is None:
        print(NOT_RUN)
    return code


if __name__ == "__main__":
    sys.exit(main())
