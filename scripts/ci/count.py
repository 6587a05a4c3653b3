"""Print "passed failed" of one part of .ci/run: count.py EXIT_CODE JUNIT_XML CHECK_REPORT.

A part without a report counts as one; a part that ended badly has failed at least once.
"""

import re
import sys
from pathlib import Path

# The report is pytest's own: its numbers are attributes of the first <testsuite>.
SUITE = re.compile(r"<testsuite\b[^>]*>")
NUMBER = re.compile(r"\b(tests|failures|errors|skipped)=\"(\d+)\"")


def junit_counts(report: str) -> tuple[int, int]:
    """Return how many tests passed and failed; skipped ones are neither."""
    suite = SUITE.search(report)
    numbers = {key: int(value) for key, value in NUMBER.findall(suite[0] if suite else "")}
    failed = numbers.get("failures", 0) + numbers.get("errors", 0)
    return numbers.get("tests", 0) - failed - numbers.get("skipped", 0), failed


def browser_report(junit: Path) -> Path:
    """Return where run_tests.py puts the results of the browser tests."""
    return junit.with_name(f"{junit.stem}-browser{junit.suffix}")


def counts(exit_code: int, junit: Path, check: Path) -> tuple[int, int]:
    """Return the passed and failed of one part."""
    passed, failed = 0, 0
    reports = [path for path in (junit, browser_report(junit)) if path.exists()]
    if reports:
        for path in reports:
            more_passed, more_failed = junit_counts(path.read_text(encoding="utf-8"))
            passed, failed = passed + more_passed, failed + more_failed
    elif check.exists():
        passed, failed = map(int, check.read_text(encoding="utf-8").split())
    elif exit_code == 0:
        passed = 1
    if exit_code != 0 and failed == 0:
        failed = 1
    return passed, failed


if __name__ == "__main__":
    print(*counts(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
