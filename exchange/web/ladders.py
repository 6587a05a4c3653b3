"""Books as ladders: levels with cumulative depth and the viewer's own quantity. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Final
from urllib.parse import urlencode

from exchange.markets.models import Contract
from exchange.trading.checksums import Level
from exchange.trading.models import Order, Side
from exchange.web.formatting import format_price, other_side
from exchange.web.quotes import Quote

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
    link: str  # the page with a ticket that would trade against it

    @property
    def empty_share(self) -> int:
        """Where its bar begins, for a bar that grows from the right."""
        return 100 - self.share


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
    def quote(self) -> Quote:
        """The best prices."""
        return Quote(self.contract, self.best_bid_ticks, self.best_ask_ticks)

    @property
    def spread_ticks(self) -> int | None:
        """The lowest ask less the highest bid; None while one side is empty."""
        if self.best_ask_ticks is None or self.best_bid_ticks is None:
            return None
        return self.best_ask_ticks - self.best_bid_ticks


def make_ladder(
    contract: Contract,
    *,
    is_yes_no: bool,
    bids: Sequence[Level],
    asks: Sequence[Level],
    own: OwnLevels,
) -> Ladder:
    """Return the ladder of a contract's best levels; bids and asks come best first."""
    bids, asks = bids[:LEVELS_SHOWN], asks[:LEVELS_SHOWN]
    deepest = max(_depth(bids), _depth(asks), 1)
    rungs = partial(_rungs, contract, own=own, deepest=deepest, is_yes_no=is_yes_no)
    return Ladder(contract=contract, asks=rungs(Side.SELL, asks)[::-1], bids=rungs(Side.BUY, bids))


def get_own_levels(orders: Iterable[Order]) -> OwnLevels:
    """Return the open quantity of somebody's orders by contract, side and price."""
    own: dict[tuple[int, str, int], int] = {}
    for order in orders:
        if order.is_waiting:
            continue
        key = (order.contract_id, order.side, order.price_ticks)
        own[key] = own.get(key, 0) + order.open_quantity
    return own


def _depth(levels: Sequence[Level]) -> int:
    return sum(quantity for _, quantity in levels)


def _rungs(
    contract: Contract,
    side: Side,
    levels: Sequence[Level],
    *,
    own: OwnLevels,
    deepest: int,
    is_yes_no: bool,
) -> list[Rung]:
    depths = accumulate(quantity for _, quantity in levels)
    return [
        Rung(
            price_ticks=price,
            quantity=quantity,
            cumulative=depth,
            share=depth * 100 // deepest,
            mine=own.get((contract.pk, side, price), 0),
            link=_taking_link(contract, side, price, is_yes_no=is_yes_no),
        )
        for (price, quantity), depth in zip(levels, depths, strict=True)
    ]


def _taking_link(contract: Contract, side: Side, price_ticks: int, *, is_yes_no: bool) -> str:
    taking = Side.BUY if side == Side.SELL else Side.SELL
    as_typed = other_side(price_ticks) if is_yes_no and taking == Side.SELL else price_ticks
    fields = {"contract": contract.pk, "side": taking.value, "price": format_price(as_typed, 100)}
    return f"?{urlencode(fields)}#ticket"
