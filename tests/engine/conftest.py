"""Helpers of the engine's tests say what differs when they assert."""

import pytest

pytest.register_assert_rewrite(
    "tests.engine.dsl", "tests.engine.phrases", "tests.engine.comparing", "tests.engine.reference"
)
