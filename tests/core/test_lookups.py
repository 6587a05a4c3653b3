"""Looking for a text in whatever case, on every database alike."""

import pytest

from exchange.markets.models import Market
from tests.factories import make_market

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("part", "is_found"),
    [
        ("rain in", True),
        ("RAIN", True),
        ("МОСКВЕ", True),
        ("100%", True),
        ("", True),
        ("1%0", False),
        ("r_in", False),
        ("\\", False),
        ("rain  in", False),
    ],
)
def test_finds_takes_the_text_as_it_is_in_any_case(part, is_found):
    make_market(title="Will Rain in Москве be 100% sure?")
    assert Market.objects.filter(title__finds=part).exists() == is_found


def test_finds_nothing_in_what_is_null():
    make_market()
    assert not Market.objects.filter(winner__name__finds="").exists()
