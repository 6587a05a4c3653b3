"""What is installed is pinned, and each line says why it earns its place."""

import re

import pytest

from tests.architecture.sources import ROOT, text

PINNED = re.compile(r"^[A-Za-z0-9_.-]+(\[[a-z,_-]+\])?==[0-9][0-9A-Za-z.]*\s+# \S.*$")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_explained(name):
    lines = text(ROOT / name).splitlines()
    asked = [line for line in lines if line and not line.startswith(("#", "-r "))]
    assert [line for line in asked if not PINNED.match(line)] == []


def test_no_requirement_is_named_twice():
    lines = text(ROOT / "requirements.txt") + text(ROOT / "requirements-dev.txt")
    names = re.findall(r"^([A-Za-z0-9_.-]+)", lines, flags=re.MULTILINE)
    packages = [name.lower() for name in names if name != "-r"]
    assert len(packages) == len(set(packages))
