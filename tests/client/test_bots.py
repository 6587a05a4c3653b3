"""The example bots, each on a live site against members who trade by hand."""

import random
from contextlib import contextmanager
from decimal import Decimal

import pytest
from arbitrage import Arbitrage
from likely_client import MarketNotTradingError, NewOrder
from market_maker import MarketMaker
from momentum import Momentum
from noise import Noise
from twap import Twap

pytestmark = pytest.mark.process


@contextmanager
def at_work(client, market):
    with client.book(market) as book, client.account() as account:
        yield client, book, account


def quotes(client, market):
    depth = client.depth(market)
    return [f"{level.price:.2f}" for level in (*depth.bids, *depth.asks)]


def test_market_maker_quotes_leans_and_follows(client_of, ann, slugs):
    hail = slugs["Hail"]
    with at_work(client_of("bot1"), hail) as (client, book, account):
        fair = [Decimal("0.50")]
        bot = MarketMaker(client, book, account, fair=lambda: fair[0], position_max=20)
        bot.step()
        assert quotes(ann, hail) == ["0.48", "0.52"]
        before = ann.orders(limit=1), client.orders(limit=1)
        bot.step()
        assert (ann.orders(limit=1), client.orders(limit=1)) == before, "right quotes stay"
        hit = ann.sell(hail, "Yes", price="0.48", quantity=10)
        assert account.wait_for(client.orders(market=hail, limit=5))
        assert hit.status == "filled"
        bot.step()
        assert quotes(ann, hail) == ["0.47", "0.51"], "it holds 10 and leans away from more"
        fair[0] = Decimal("0.30")
        bot.step()
        assert quotes(ann, hail) == ["0.27", "0.31"]
        assert client.cancel_all(market=hail) == 2


def test_market_maker_takes_the_middle_of_others(client_of, ann, slugs):
    fog = slugs["Fog"]
    ann.batch(
        [
            NewOrder(market=fog, outcome="Yes", side=side, price=price, quantity=1)
            for side, price in (("buy", "0.20"), ("sell", "0.40"))
        ]
    )
    with at_work(client_of("bot2"), fog) as (client, book, account):
        bot = MarketMaker(client, book, account)
        for _ in range(3):
            bot.step()
            assert bot.guess() == Decimal("0.30"), "its own quotes do not count"
        assert quotes(ann, fog) == ["0.28", "0.20", "0.32", "0.40"]
        client.cancel_all()
    ann.cancel_all(market=fog)


def test_momentum_buys_what_rises_and_sells_what_falls(client_of, ann, slugs):
    frost = slugs["Frost"]
    with at_work(client_of("bot3"), frost) as (client, book, account):
        bot = Momentum(client, book, account, size=3)
        assert bot.step() is None, "an empty book has no middle"
        sides = []
        for price in ("0.40", "0.41", "0.45", "0.41"):
            ann.cancel_all(market=frost)
            ann.buy(frost, "Yes", price=price, quantity=5)
            ask = Decimal(price) + Decimal("0.01")
            ann.sell(frost, "Yes", price=ask, quantity=5)
            while book.best_ask is None or book.best_ask.price != ask or book.best_bid is None:
                assert book.changed(5)
            order = bot.step()
            sides.append(order and (order.side, order.filled_quantity))
        assert sides == [None, None, ("buy", 3), None], "one trade for a move, then it looks anew"
        assert account.position(bot.contract) == 3
    ann.cancel_all(market=frost)


def test_arbitrage_sells_every_outcome_when_bids_add_up_to_more_than_one(client_of, ann, slugs):
    league = slugs["League"]
    names = ("Reds", "Blues", "Greens")
    ann.cancel_all(market=league)
    with client_of("bot4") as client, client.book(league) as book:
        bot = Arbitrage(client, book)
        assert bot.step() == 0
        for name, price, quantity in zip(names, ("0.40", "0.35", "0.30"), (5, 9, 7), strict=True):
            ann.buy(league, name, price=price, quantity=quantity)
        while any(book[name].best_bid is None for name in names):
            assert book.changed(5)
        assert bot.step() == Decimal("0.25")
        assert {row.quantity for row in client.positions()} == {-5}
        cash = sum(row.cash for row in client.positions())
        assert cash == 5 * Decimal("1.05"), "paid more than it can ever owe"
    ann.cancel_all(market=league)


def test_twap_trades_in_slices_and_no_worse_than_its_limit(client_of, ann, slugs):
    frost = slugs["Frost"]
    ann.cancel_all(market=frost)
    for price, quantity in (("0.50", 4), ("0.55", 20), ("0.70", 50)):
        ann.sell(frost, "Yes", price=price, quantity=quantity)
    with client_of("bot5") as client, client.book(frost) as book:
        bot = Twap(client, book, side="buy", quantity=30, limit=Decimal("0.60"), slices=4)
        filled = []
        while (order := bot.step()) is not None:
            filled.append(order.filled_quantity)
        assert filled == [8, 8, 7, 1], "30 in four; the last finds only what is left at 0.55"
        assert (bot.quantity_left, bot.paid) == (6, 4 * Decimal("0.50") + 20 * Decimal("0.55"))
        assert bot.is_done
    assert ann.depth(frost).asks[0].price == Decimal("0.70")
    ann.cancel_all(market=frost)


def test_noise_trades_and_never_piles_up(client_of, ann, slugs):
    fog = slugs["Fog"]
    ann.cancel_all(market=fog)
    ann.buy(fog, "Yes", price="0.39", quantity=500)
    ann.sell(fog, "Yes", price="0.41", quantity=500)
    with at_work(client_of("bot5"), fog) as (client, book, account):
        bot = Noise(client, book, account, open_max=2, chance=random.Random(2))
        statuses = {bot.step().status for _ in range(15)}
        assert statuses >= {"filled", "new", "cancelled"}
        assert len(client.orders(status="open", market=fog)) <= 2
        assert abs(account.position(bot.contract)) <= 300 + 15
        client.cancel_all()
    ann.cancel_all(market=fog)


def test_bots_stop_when_their_market_does(client_of, site, slugs):
    sleet = slugs["Sleet"]  # nobody else's: it stays halted
    with at_work(client_of("bot1"), sleet) as (client, book, account):
        bot = MarketMaker(client, book, account, fair=lambda: Decimal("0.50"))
        site.manage("shell", "-c", HALT.format(slug=sleet))
        with pytest.raises(MarketNotTradingError) as halted:
            bot.step()
        assert halted.value.code == "market_halted"


HALT = """
import asyncio
from exchange.markets.models import Market
from exchange.trading.gateway import submit_lifecycle
market = Market.objects.get(slug="{slug}")
assert not submit_lifecycle(user=None, market=market, action="halt").reason
"""
