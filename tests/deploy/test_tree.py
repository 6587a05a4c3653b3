"""The names that people and scripts outside rely on are where they look for them."""

import pytest

from tests.architecture.sources import ROOT

NAMES = [
    "manage.py", "exchange", "accounts", "social", "search", "notifications", "templates",
    "tests", "requirements.txt", "docker-compose.yml", "config", "core", "static", "Makefile",
    "README.md", "LICENSE", ".ci/run",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_name_exists(name):
    assert (ROOT / name).exists()
