"""Trades through the real books at chosen times, and what a journal may say besides."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import User
from core.clock import MachineClock, set_clock
from core.ids import new_id
from exchange.engine.events import TradeExecuted, TradeVoided
from exchange.markets.models import Contract, Market
from exchange.trading.event_text import event_text
from exchange.trading.models import JournalBatch, Shard, Trade
from exchange.trading.times import to_datetime
from tests.factories import first_contract, make_member
from tests.notifications.scenes import place

# Noon of a day well after the other tests' rows: a book's time never goes back.
NOON_S = 20_000 * 86_400 + 43_200


class StepClock(MachineClock):
    """A wall clock that stands where a test puts it."""

    def __init__(self, time_s: int) -> None:
        self.time_s = time_s

    def now_ms(self) -> int:
        return self.time_s * 1_000 + 250


@contextmanager
def standing_clock() -> Iterator[StepClock]:
    clock = StepClock(NOON_S)
    set_clock(clock)
    try:
        yield clock
    finally:
        set_clock(MachineClock())


class Pair:
    """Two members who trade with each other at the times and prices they are told."""

    def __init__(self, market: Market, clock: StepClock) -> None:
        self.market, self.clock = market, clock
        self.seller: User = make_member(balance_credits=100_000)
        self.buyer: User = make_member(balance_credits=100_000)

    def trade(
        self, after_s: int, price_ticks: int, quantity: int, *, contract: Contract | None = None
    ) -> Trade:
        """Trade so many seconds after noon; times may not go back."""
        self.clock.time_s = NOON_S + after_s
        place(self.seller, self.market, "sell", price_ticks, quantity, contract=contract)
        place(self.buyer, self.market, "buy", price_ticks, quantity, contract=contract)
        return Trade.objects.order_by("-id")[0]


def void(trade: Trade) -> None:
    """Have the journal say that a trade is voided. The books trade no more after it."""
    buyer, seller = trade.taker_account_id, trade.maker_account_id
    event = TradeVoided(
        trade.market.seq + 1, trade.market_id, trade.pk, trade.contract_id, trade.price_ticks,
        trade.quantity, trade.maker_order_id, trade.taker_order_id, buyer, seller,
    )  # fmt: skip
    _journal(trade.market, event_text(event))


def cross(market: Market, clock: StepClock, *, price_ticks: int, quantity: int) -> Trade:
    """Have the journal and the table say that two members agreed on a trade beside the book."""
    return said(market, clock, kind="cross", price_ticks=price_ticks, quantity=quantity)


def said(market: Market, clock: StepClock, *, kind: str, price_ticks: int, quantity: int) -> Trade:
    """Have the journal and the table say that two other members traded.

    The books know nothing of what is only said, so they trade no more after it.
    """
    contract, one, other = first_contract(market), make_member(), make_member()
    market.refresh_from_db()
    number = Shard.objects.values_list("next_trade", flat=True).get(number=market.shard)
    Shard.objects.filter(number=market.shard).update(next_trade=number + 1)
    event = TradeExecuted(
        market.seq + 1, market.pk, number, kind, contract.pk, price_ticks, quantity, None, None,
        one.account.pk, other.account.pk, "buy", 0, 0,
    )  # fmt: skip
    _journal(market, event_text(event))
    return Trade.objects.create(
        id=number,
        kind=kind,
        market=market,
        contract=contract,
        price_ticks=price_ticks,
        quantity=quantity,
        maker_account=one.account,
        taker_account=other.account,
        taker_side="sell",
        market_seq=market.seq + 1,
        executed_at=to_datetime(clock.now_ms()),
    )


def _journal(market: Market, event: str) -> None:
    shard = Shard.objects.get(number=market.shard)
    command = json.dumps({"type": "Tick"})
    JournalBatch.objects.create(
        shard=shard.number,
        number=shard.journal_number + 1,
        epoch=shard.epoch,
        time_ms=shard.last_time_ms,
        facts="{}",
        entries=f"[[{new_id()},{command},[{event}]]]",
        digest="0" * 64,
    )
    shard.journal_number += 1
    shard.save()
