import pytest

from exchange.trading.serializers import average_price_ticks


@pytest.mark.parametrize(
    ("notional", "quantity", "average"),
    [
        (0, 0, None),
        (45_000, 10, 4_500),
        (12_200, 3, 4_067),  # 4066.67
        (12_100, 3, 4_033),  # 4033.33
        (9_001, 2, 4_500),  # 4500.5: half to even, down
        (9_003, 2, 4_502),  # 4501.5: half to even, up
        (10**18 + 1, 10**9, 10**9),
    ],
)
def test_average_price_is_exact_or_half_even(notional, quantity, average):
    assert average_price_ticks(notional, quantity) == average
