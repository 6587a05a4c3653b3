"""Books as ladders: levels with cumulative depth and the viewer's own quantity. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from exchange.markets.models import Contract
from exchange.trading.checksums import Level
from exchange.trading.models import Order, Side

LEVELS_SHOWN: Final = 10
OwnLevels = Mapping[tuple[int, str, int], int]  # (contract, side, price_ticks): open quantity


@dataclass(frozen=True, slots=True)
class Rung:
    """One price of a ladder. `share` is its cumulative depth in percent of the deepest shown."""

    price_ticks: int
    quantity: int
    cumulative: int
    share: int
    mine: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """One contract's book, asks highest first and bids highest first, as it is read."""

    contract: Contract
    asks: Sequence[Rung]
    bids: Sequence[Rung]

    @property
    def best_bid_ticks(self) -> int | None:
        """The highest bid."""
        return self.bids[0].price_ticks if self.bids else None

    @property
    def best_ask_ticks(self) -> int | None:
        """The lowest ask."""
        return self.asks[-1].price_ticks if self.asks else None

    @property
    def spread_ticks(self) -> int | None:
        """The lowest ask less the highest bid; None while one side is empty."""
        if self.best_ask_ticks is None or self.best_bid_ticks is None:
            return None
        return self.best_ask_ticks - self.best_bid_ticks


def make_ladder(
    contract: Contract, *, bids: Sequence[Level], asks: Sequence[Level], own: OwnLevels
) -> Ladder:
    """Return the ladder of a contract's best levels; bids and asks come best first."""
    bids, asks = bids[:LEVELS_SHOWN], asks[:LEVELS_SHOWN]
    deepest = max(_depth(bids), _depth(asks), 1)
    return Ladder(
        contract=contract,
        asks=_rungs(contract, Side.SELL, asks, own, deepest)[::-1],
        bids=_rungs(contract, Side.BUY, bids, own, deepest),
    )


def get_own_levels(orders: Iterable[Order]) -> OwnLevels:
    """Return the open quantity of somebody's orders by contract, side and price."""
    own: dict[tuple[int, str, int], int] = {}
    for order in orders:
        key = (order.contract_id, order.side, order.price_ticks)
        own[key] = own.get(key, 0) + order.open_quantity
    return own


def _depth(levels: Sequence[Level]) -> int:
    return sum(quantity for _, quantity in levels)


def _rungs(
    contract: Contract, side: str, levels: Sequence[Level], own: OwnLevels, deepest: int
) -> list[Rung]:
    depths = accumulate(quantity for _, quantity in levels)
    return [
        Rung(price, quantity, depth, depth * 100 // deepest, own.get((contract.pk, side, price), 0))
        for (price, quantity), depth in zip(levels, depths, strict=True)
    ]
