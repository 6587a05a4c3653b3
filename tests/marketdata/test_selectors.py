import zlib

import pytest

from exchange.marketdata.selectors import ContractBook, get_book, list_trades
from exchange.markets.models import Market
from exchange.trading.models import Shard
from tests.factories import (
    first_contract,
    make_account,
    make_event,
    make_market,
    make_order,
    make_trade,
)

pytestmark = pytest.mark.django_db
EMPTY = zlib.crc32(b"")


def test_get_book_of_an_empty_market_has_every_contract_in_order():
    market = make_market(outcomes=("A", "B", "C"))

    book = get_book(market)

    assert book.contracts == [
        ContractBook(contract.pk, [], [], EMPTY) for contract in market.contracts.all()
    ]
    assert (book.market, book.seq, book.status) == (market.pk, 1, "open")


def test_get_book_sums_open_quantity_by_price_best_first():
    market, account = make_market(), make_account()
    contract = first_contract(market)
    for price, quantity, filled in ((4_500, 10, 4), (4_500, 3, 0), (4_600, 2, 0), (4_000, 9, 9)):
        make_order(account, contract, price_ticks=price, quantity=quantity, filled=filled)
    for price in (5_500, 5_200):
        make_order(account, contract, side="sell", price_ticks=price, quantity=7)

    (level,) = get_book(market).contracts

    assert level.bids == [(4_600, 2), (4_500, 9)]
    assert level.asks == [(5_200, 7), (5_500, 7)]
    assert level.checksum == zlib.crc32(b"5200:7,5500:7,4600:2,4500:9,")


def test_get_book_with_levels_keeps_the_whole_books_checksum():
    market, account = make_market(), make_account()
    for price in (4_500, 4_600, 4_700):
        make_order(account, first_contract(market), price_ticks=price)

    (level,) = get_book(market, levels=1).contracts

    assert level.bids == [(4_700, 10)]
    assert level.checksum == zlib.crc32(b"4700:10,4600:10,4500:10,")


def test_get_book_leaves_other_markets_out():
    market, other, account = make_market(), make_market(), make_account()
    make_order(account, first_contract(other))

    (level,) = get_book(market).contracts

    assert level.bids == []


def test_get_book_tells_seq_and_epoch_in_one_query(django_assert_num_queries):
    market, account = make_market(outcomes=("A", "B")), make_account()
    make_order(account, first_contract(market))
    Shard.objects.update_or_create(number=market.shard, defaults={"epoch": 7, "next_trade": 1})

    with django_assert_num_queries(1):
        book = get_book(market)

    assert (book.epoch, book.seq) == (7, 2)


def test_get_book_before_any_worker_has_epoch_0():
    Shard.objects.all().delete()

    assert get_book(make_market()).epoch == 0


def test_get_book_of_a_market_without_contracts_is_empty():
    market = Market.objects.create(event=make_event(), title="?", slug="x", rules="", shard=0)

    assert get_book(market).contracts == []


def test_get_book_of_a_market_that_is_gone_raises():
    with pytest.raises(Market.DoesNotExist):
        get_book(Market(pk=10**9))


def test_list_trades_is_newest_first_and_by_contract():
    market, buyer, seller = make_market(outcomes=("A", "B")), make_account(), make_account()
    trades = []
    for contract in market.contracts.all():
        maker = make_order(buyer, contract, filled=10)
        taker = make_order(seller, contract, side="sell", filled=10)
        trades.append(make_trade(maker, taker))

    assert list(list_trades(market)) == trades[::-1]
    assert list(list_trades(market, contract=trades[0].contract)) == [trades[0]]
