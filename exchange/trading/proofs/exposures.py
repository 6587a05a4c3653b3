"""Exposures, recomputed from positions and open orders (invariants 2 and 3).

Four tables are read once each, side by side in the order of account and market.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from django.db.models import F

from core.money import PAYOUT_TICKS
from exchange.engine.exposure import exposure_ticks
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading.models import MarketExposure, Order, Position
from exchange.trading.proofs.streams import stream

LIVE: Final = ("open", "halted", "closed")
_ACCOUNT, _STORED, _PART = "account", "stored", "part"
_NO_MARKET: Final = 0  # an account's own row stands before those of its markets


class _Row(NamedTuple):
    """What one row of a table adds to an account's exposure.

    `numbers` of an account and of a stored exposure is (ticks,); of a part, which is a position
    or an open order: contract, quantity, cash, cost of open buys, collateral of open sells.
    """

    account: int
    market: int
    kind: str
    numbers: tuple[int, ...]


class _Shape(NamedTuple):
    contracts: tuple[int, ...]
    has_other: bool


def check_available() -> Iterator[str]:
    """No member account has put more at risk than it has (invariant 2)."""
    overdrawn = Account.objects.filter(kind="member", balance_ticks__lt=F("exposure_ticks"))
    for account in stream(overdrawn):
        yield f"account {account.code}: {account.available_ticks} ticks available"


def check_exposures() -> Iterator[str]:
    """Every exposure is what positions and open orders make it (invariant 3)."""
    shapes = _shapes()
    by_market: Any = itemgetter(0, 1)
    rows = merge(_accounts(), _stored(), _positions(), _orders(), key=by_market)
    for account, own in groupby(rows, key=itemgetter(0)):
        total = stored_total = 0
        for (_, market), parts in groupby(own, key=by_market):
            stored, computed = _add_up(parts, shapes.get(market))
            if market == _NO_MARKET:
                stored_total = stored
                continue
            total += computed
            if stored != computed:
                yield f"account {account} in market {market}: {stored}, not {computed}"
        if stored_total != total:
            yield f"account {account}: exposure {stored_total}, not {total}"


def _add_up(rows: Iterable[_Row], shape: _Shape | None) -> tuple[int, int]:
    """Return what is stored, and what follows from the parts; 0 of a market that is over."""
    stored = 0
    held: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        if row.kind == _PART:
            contract, *numbers = row.numbers
            held[contract] = [a + b for a, b in zip(held[contract], numbers, strict=True)]
        else:
            stored += row.numbers[0]
    if shape is None or not held:
        return stored, 0
    quantities, cash, buys, sells = zip(*(held[pk] for pk in shape.contracts), strict=True)
    return stored, exposure_ticks(
        sum(cash), list(quantities), list(buys), list(sells), PAYOUT_TICKS, shape.has_other
    )


def _shapes() -> dict[int, _Shape]:
    contracts: dict[int, list[int]] = defaultdict(list)
    others: dict[int, bool] = {}
    rows = Market.objects.filter(status__in=LIVE).order_by("pk", "contracts__position")
    for market, has_other, contract in rows.values_list("pk", "has_other", "contracts__pk"):
        contracts[market].append(contract)
        others[market] = has_other
    return {market: _Shape(tuple(contracts[market]), others[market]) for market in contracts}


def _accounts() -> Iterator[_Row]:
    rows = Account.objects.order_by("pk").values_list("pk", "exposure_ticks")
    return (_Row(pk, _NO_MARKET, _ACCOUNT, (ticks,)) for pk, ticks in stream(rows))


def _stored() -> Iterator[_Row]:
    rows = MarketExposure.objects.order_by("account", "market")
    columns = rows.values_list("account_id", "market_id", "exposure_ticks")
    return (_Row(account, market, _STORED, (ticks,)) for account, market, ticks in stream(columns))


def _positions() -> Iterator[_Row]:
    rows = Position.objects.filter(market__status__in=LIVE).order_by("account", "market")
    columns = ("account_id", "market_id", "contract_id", "quantity", "cash_ticks")
    for account, market, contract, quantity, cash in stream(rows.values_list(*columns)):
        yield _Row(account, market, _PART, (contract, quantity, cash, 0, 0))


def _orders() -> Iterator[_Row]:
    rows = Order.objects.filter(open_quantity__gt=0).order_by("account", "market")
    columns = ("account_id", "market_id", "contract_id", "side", "price_ticks", "open_quantity")
    for account, market, contract, side, price_ticks, quantity in stream(
        rows.values_list(*columns)
    ):
        buy, sell = price_ticks * quantity, (PAYOUT_TICKS - price_ticks) * quantity
        held = (buy, 0) if side == "buy" else (0, sell)
        yield _Row(account, market, _PART, (contract, 0, 0, *held))
