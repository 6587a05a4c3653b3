"""Print the tests that failed in one part of .ci/run, a line each: failures.py PART JUNIT_XML.

A run prints more than anybody keeps: its end has to say which tests to look at.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from count import browser_report


def failed(report: Path) -> list[str]:
    """Return "file: test: what it said" of each failure and error, its first line."""
    cases = ET.parse(report).iter("testcase")  # noqa: S314 -- written by pytest, here
    return [
        f"{case.get('classname')}: {case.get('name')}: {said.get('message', '')[:160].strip()}"
        for case in cases
        for said in case
        if said.tag in {"failure", "error"}
    ]


if __name__ == "__main__":
    junit = Path(sys.argv[2])
    for path in (junit, browser_report(junit)):
        if path.exists():
            for line in failed(path):
                print(f"FAILED in {sys.argv[1]}: {' '.join(line.split())}")
