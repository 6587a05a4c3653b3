"""Cursors of an account's fills: what they say comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Problem
from exchange.trading.fill_cursors import CURSOR_LENGTH_MAX, read_cursor, to_cursor
from exchange.trading.lease import TRADES_PER_SHARD

SHARDS = st.dictionaries(st.integers(0, 255), st.integers(1, TRADES_PER_SHARD - 1), max_size=64)


@given(SHARDS)
def test_cursor_says_where_each_shard_is(counts):
    told = {shard: shard * TRADES_PER_SHARD + count for shard, count in counts.items()}
    cursor = to_cursor(told)
    assert len(cursor) <= CURSOR_LENGTH_MAX
    begun = {shard: trade for shard, trade in told.items() if counts[shard] > 1}
    assert read_cursor(cursor) == (begun or {0: 1})


@pytest.mark.parametrize("text", ["", "x", "1", "1.", "1.2-", "1.2,3.4", "1.2\n"])
def test_text_that_is_no_cursor_is_a_problem(text):
    with pytest.raises(Problem, match="cursor"):
        read_cursor(text)
