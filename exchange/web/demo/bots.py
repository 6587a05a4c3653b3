"""Demo bots: a market maker that quotes around a wandering price, and three that trade.

They use the same gateway as everybody, only in markets whose event says {"demo": true}.
"""

import random
import threading
import time
from collections.abc import Mapping
from typing import Final

import structlog

from core.errors import Problem
from core.ids import new_id
from exchange.ledger.models import Account
from exchange.markets.models import Contract
from exchange.trading.gateway import Answer, OrderRequest, cancel_order, place_order
from exchange.trading.models import Order, Position
from exchange.trading.selectors import list_orders
from exchange.web.demo.markets import open_demo_contracts, starting_prices
from exchange.web.demo.orders import clamp_price
from exchange.web.demo.people import BOT_CREDITS_TICKS, People, Trader, top_up

log = structlog.get_logger(__name__)

OPEN_ORDERS_MAX: Final = 6  # of a bot in one contract; the maker's are three a side
POSITION_MAX: Final = 300
AVAILABLE_TICKS_MIN: Final = 5_000 * 10_000
_CENT: Final = 100
_STALE_TICKS: Final = 6 * _CENT
_WANDER_TICKS: Final = 15 * _CENT
_REFRESH_S: Final = 20.0
_AWAY_S: Final = 2.0


class DemoBots:
    """The bots' memory: the contracts they trade, and what each is worth to them now."""

    def __init__(self, people: People, *, chance: random.Random) -> None:
        self._people = people
        self._chance = chance
        self._contracts: list[Contract] = []
        self._start_ticks: Mapping[int, int] = {}
        self._fair_ticks: dict[int, int] = {}
        self._refresh_at = 0.0

    def run(self, stop: threading.Event, *, actions_per_s: int = 2) -> int:
        """Act until told to stop; return how many commands were answered."""
        answered = 0
        while not stop.wait(1 / actions_per_s):
            answer = self.act()
            if answer is not None and answer.pending:
                log.warning("demo_bots_unanswered")
                stop.wait(_AWAY_S)
            answered += answer is not None and not answer.pending
        return answered

    def act(self) -> Answer | None:
        """Let one bot give one command; None when there was nothing to do."""
        self._refresh()
        if not self._contracts:
            return None
        contract = self._chance.choice(self._contracts)
        is_maker = self._chance.random() < 0.5  # noqa: PLR2004 -- half quotes, half trades
        trader = self._people.maker if is_maker else self._chance.choice(self._people.noise)
        self._wander(contract)
        try:
            self._keep_in_money(trader)
            own = list(list_orders(trader.account, status="open").filter(contract=contract))
            return (self._quote if is_maker else self._trade)(trader, contract, own)
        except Problem as problem:
            log.info("demo_bot_refused", code=problem.code, detail=problem.detail)
            return None

    def _refresh(self) -> None:
        """Look again, now and then, at which markets are open."""
        if time.monotonic() < self._refresh_at:
            return
        self._refresh_at = time.monotonic() + _REFRESH_S
        self._start_ticks = starting_prices()
        self._contracts = [row for row in open_demo_contracts() if row.pk in self._start_ticks]

    def _wander(self, contract: Contract) -> None:
        """Move what the contract is worth by at most a cent, never far from where it began."""
        start = self._start_ticks[contract.pk]
        fair = self._fair_ticks.get(contract.pk, contract.last_price_ticks or start)
        fair += self._chance.choice((-1, 0, 0, 1)) * _CENT
        low, high = start - _WANDER_TICKS, start + _WANDER_TICKS
        self._fair_ticks[contract.pk] = clamp_price(max(low, min(high, fair)) // _CENT * _CENT)

    def _keep_in_money(self, trader: Trader) -> None:
        account = Account.objects.get(pk=trader.account.pk)
        if account.available_ticks < AVAILABLE_TICKS_MIN:
            reference = f"demo-top-up:{new_id()}"
            top_up(trader, amount_ticks=BOT_CREDITS_TICKS, reference=reference)

    def _quote(self, maker: Trader, contract: Contract, own: list[Order]) -> Answer:
        """Take a stale quote away, else add one to the thinner side, else renew the oldest."""
        fair = self._fair_ticks[contract.pk]
        stale = [order for order in own if _is_stale(order, fair)]
        if stale or len(own) >= OPEN_ORDERS_MAX:
            return _cancel(maker, (stale or own)[-1])
        buys = sum(order.side == "buy" for order in own)
        side = "buy" if buys <= len(own) - buys else "sell"
        distance = self._chance.randint(1, 3) * _CENT
        price = clamp_price(fair - distance if side == "buy" else fair + distance)
        return _place(maker, contract, side, price, self._chance.randint(1, 8) * 10)

    def _trade(self, trader: Trader, contract: Contract, own: list[Order]) -> Answer:
        """Take what is offered near the fair price, sometimes rest; never pile up."""
        if len(own) >= OPEN_ORDERS_MAX:
            return _cancel(trader, own[-1])
        side = self._side(trader, contract)
        fair = self._fair_ticks[contract.pk]
        reach = self._chance.choice((-3, 1, 2, 3)) * _CENT
        price = clamp_price(fair + reach if side == "buy" else fair - reach)
        tif = "IOC" if reach > 0 else "GTC"
        return _place(trader, contract, side, price, self._chance.randint(1, 15), tif)

    def _side(self, trader: Trader, contract: Contract) -> str:
        """Return either side by chance, but the one that leads back where much is held."""
        held = Position.objects.filter(account=trader.account, contract=contract).first()
        if held is not None and abs(held.quantity) > POSITION_MAX:
            return "sell" if held.quantity > 0 else "buy"
        return self._chance.choice(("buy", "sell"))


def _is_stale(order: Order, fair_ticks: int) -> bool:
    distance = (
        fair_ticks - order.price_ticks if order.side == "buy" else (order.price_ticks - fair_ticks)
    )
    return distance <= 0 or distance > _STALE_TICKS


def _cancel(trader: Trader, order: Order) -> Answer:
    return cancel_order(account=trader.account, user=trader.user, order_id=order.pk)


def _place(  # noqa: PLR0917 -- an order as one says it
    trader: Trader, contract: Contract, side: str, price_ticks: int, quantity: int, tif: str = "GTC"
) -> Answer:
    order = OrderRequest(
        contract=contract,
        side=side,
        price_ticks=price_ticks,
        quantity=quantity,
        time_in_force=tif,
    )
    return place_order(account=trader.account, user=trader.user, order=order)
