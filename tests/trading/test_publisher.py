"""What is told of a batch: changed levels with their quantities, wherever in the book they are."""

import pytest

from exchange.trading.checksums import checksum
from exchange.trading.gateway import OrderRequest, cancel_order, place_order
from tests.factories import first_contract, make_account, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]
SIDES = {"buy": ("bids", 4_900, -100), "sell": ("asks", 5_100, 100)}


@pytest.fixture
def contract(one_shard, books):
    return first_contract(books.open(make_market(status="draft")))


@pytest.fixture
def account():
    return make_account()


def place(account, contract, side, price_ticks, quantity=1):
    request = OrderRequest(contract=contract, side=side, price_ticks=price_ticks, quantity=quantity)
    return place_order(account=account, user=None, order=request)


def told(books, contract):
    """What the last publication says of the contract."""
    (market,) = books.publications[-1].markets.values()
    (levels,) = market["contracts"]
    assert levels["contract"] == contract.pk
    depth = books.owner.books[0].engine.depth(contract.pk)
    assert levels["checksum"] == checksum(depth.bids, depth.asks)
    return levels


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("place_in_book", [0, 9, 10, 14])
def test_level_at_any_depth_is_told_when_it_grows_and_when_it_goes(
    books, account, contract, side, place_in_book
):
    name, best_ticks, step_ticks = SIDES[side]
    prices = [best_ticks + number * step_ticks for number in range(15)]
    orders = {price: place(account, contract, side, price) for price in prices}
    price = prices[place_in_book]
    second = place(account, contract, side, price, 4)
    assert told(books, contract)[name] == [[price, 5]]
    for answer in (orders[price], second):
        cancel_order(account=account, user=None, order_id=answer.command_id)
    assert told(books, contract)[name] == [[price, 0]]


def test_both_sides_of_a_trade_are_told(books, account, contract):
    place(account, contract, "buy", 4_900, 3)
    place(make_account(), contract, "sell", 4_800, 5)
    levels = told(books, contract)
    assert (levels["bids"], levels["asks"]) == ([[4_900, 0]], [[4_800, 2]])
