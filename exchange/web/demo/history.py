"""The month before the demo: how each price came to where the demo begins.

A site without a past shows flat charts and still lists. So members trade on it before it opens,
on a clock that runs through the month in seconds; all else is as always: orders, the book's
trades, the journal, and whatever follows it.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from core.clock import now_ms
from exchange.markets.models import Contract, Market
from exchange.trading.bulk import BulkOrder, submit_orders
from exchange.trading.gateway import OrderRequest
from exchange.web.demo.cast import make_results, talk
from exchange.web.demo.markets import make_markets, open_demo_contracts, starting_prices
from exchange.web.demo.orders import clamp_price
from exchange.web.demo.own_books import TravellingClock, own_books
from exchange.web.demo.people import Trader, make_cast, make_people

DAYS: Final = 30
_HOUR_MS: Final = 3_600_000
_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 24 * _HOUR_MS
# From so many days ago on, trades come so far apart: the nearer, the closer one looks.
_PACE: Final = ((1, 20 * _MINUTE_MS), (7, 3 * _HOUR_MS), (DAYS, 12 * _HOUR_MS))
_TRADED_AT_ONCE: Final = 8
_CENT: Final = 100
_QUANTITY_MAX: Final = 12
# A price moves by a cent now and then, and by a few when there is news.
_STEPS: Final = (-1, 0, 0, 0, 0, 0, 1)
_NEWS: Final = (-6, -4, 4, 6)
_NEWS_SHARE: Final = 0.01
# So long ago was known how the cast's own questions ended.
_RESULTS_MS_AGO: Final = 4 * _DAY_MS


def make_history(*, days: int = DAYS) -> int:
    """Trade through the days before today on a site that has no market yet; return how often.

    Does nothing where there are markets, or where another process owns the books.
    """
    if Market.objects.exists():
        return 0
    end_ms = now_ms()
    moments = list(_moments(end_ms, days))
    clock = TravellingClock(moments[0])
    with own_books(clock) as is_alone:
        if not is_alone:
            return 0
        make_markets()
        people, cast = make_people(), make_cast()
        month = _Month(people.maker, cast, moments)
        results_at = sum(moment < end_ms - _RESULTS_MS_AGO for moment in moments)
        for number, clock.time_ms in enumerate(moments):
            if number == results_at:
                make_results(cast, admin=people.admin)
            month.trade(number)
    talk(cast)
    return len(moments) * _TRADED_AT_ONCE


class _Month:
    """Who trades what, at which prices."""

    def __init__(self, maker: Trader, cast: Sequence[Trader], moments: Sequence[int]) -> None:
        self.maker = maker
        self.cast = cast
        self.contracts = list(open_demo_contracts())
        self.draw = random.Random(7)  # noqa: S311 -- the same month each time
        starts = starting_prices()
        self.paths = {
            one.pk: _path(starts[one.pk], len(moments), self.draw) for one in self.contracts
        }

    def trade(self, number: int) -> None:
        """Let members trade in some markets, each with the maker."""
        some = self.draw.sample(self.contracts, _TRADED_AT_ONCE)
        submit_orders(orders=[order for one in some for order in self._deal(one, number)])

    def _deal(self, contract: Contract, number: int) -> Iterator[BulkOrder]:
        """Yield the maker's order and a member's that takes the whole of it."""
        member, quantity = self.draw.choice(self.cast), self.draw.randint(1, _QUANTITY_MAX)
        sides = self.draw.choice((("sell", "buy"), ("buy", "sell")))
        for trader, side, tif in zip((self.maker, member), sides, ("GTC", "IOC"), strict=True):
            order = OrderRequest(
                contract=contract,
                side=side,
                price_ticks=self.paths[contract.pk][number],
                quantity=quantity,
                time_in_force=tif,
                client_order_id=f"demo-history-{contract.pk}-{number}",
            )
            yield BulkOrder(account=trader.account, user=trader.user, order=order)


def _moments(end_ms: int, days: int) -> Iterator[int]:
    """Yield the times at which members trade, oldest first; the last is before the end."""
    ago = days * _DAY_MS
    while ago > 0:
        yield end_ms - ago
        ago -= next(pace for limit, pace in _PACE if ago <= limit * _DAY_MS)


def _path(end_ticks: int, count: int, draw: random.Random) -> list[int]:
    """Return prices that wander to where the demo begins."""
    prices = [end_ticks]
    while len(prices) < count:
        cents = draw.choice(_NEWS if draw.random() < _NEWS_SHARE else _STEPS)
        prices.append(clamp_price(prices[-1] + cents * _CENT))
    return prices[::-1]
