"""Lists in pieces."""

import pytest

from core.slices import slices


@pytest.mark.parametrize(
    ("count", "pieces"),
    [(0, []), (1, [[0]]), (3, [[0, 1, 2]]), (4, [[0, 1, 2], [3]]), (6, [[0, 1, 2], [3, 4, 5]])],
)
def test_slices_keep_the_order_and_lose_nothing(count, pieces):
    assert list(slices(range(count), 3)) == pieces
