"""Find a Chromium that starts: CHROMIUM, the names on PATH, then Playwright's own.

As a command it prints the path, or exits 1 where there is none.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT_FOLDERS = (".cache/ms-playwright", "Library/Caches/ms-playwright")
PLAYWRIGHT_PROGRAMS = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/*/MacOS/*")
START_LIMIT_S = 30


def find_chromium() -> str | None:
    """Return the path of a Chromium that can start here; None where there is none."""
    return next((path for path in _candidates() if _starts(path)), None)


def _candidates() -> Iterator[str]:
    named = os.environ.get("CHROMIUM")
    if named:
        # A wrong name is a mistake to be told of, not to be papered over by another browser.
        yield shutil.which(named) or named
        return
    yield from filter(None, map(shutil.which, NAMES))
    yield from _playwrights_own()


def _playwrights_own() -> Iterator[str]:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(named)] if named else [Path.home() / name for name in PLAYWRIGHT_FOLDERS]
    for folder in folders:
        for pattern in PLAYWRIGHT_PROGRAMS:
            yield from map(str, sorted(folder.glob(pattern), reverse=True))


def _starts(path: str) -> bool:
    """Tell whether it can be run: Playwright's own may lack system libraries."""
    command = [path, "--version"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=START_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit(1)
    print(found)
