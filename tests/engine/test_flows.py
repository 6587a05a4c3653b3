"""Recorded flow of real markets gives the trades and books that were recorded."""

import pytest

from tests.engine.check_flow import FOLDER, Flow

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recorded flow is not here")


@pytest.mark.slow
def test_nasdaq_flow():
    assert Flow("msft_20k").run() > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["aapl_hour", "polymarket_games"])
def test_long_flow(name):
    assert Flow(name).run() > 0
