"""What one asks for when one places an order, in one's own words and in the exchange's."""

import secrets
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypedDict

from likely_client.errors import LikelyError
from likely_client.models import Market, Order, Side

Price = Decimal | str | int
Amount = Decimal | str | int
_ONE = Decimal(1)


class Terms(TypedDict, total=False):
    """What an order may say besides side, price and quantity; all of it optional."""

    type: Literal["limit", "market", "stop", "stop_limit"]
    time_in_force: Literal["GTC", "IOC", "FOK", "GTD"]
    client_order_id: str
    post_only: bool
    reduce_only: bool
    min_quantity: int
    max_cost: Amount
    stop_price: Price
    expires_at: datetime
    valid_until: datetime
    on_halt: Literal["keep", "cancel"]
    stp: Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement"]
    group: str
    cancel_on_disconnect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to place: of an outcome by name, of "No" where there is only Yes.

    Prices are Decimals or texts ("0.45"), never floats, which are not exact.
    """

    market: str
    outcome: str
    side: Side
    quantity: int
    price: Price | None = None
    type: str = "limit"
    time_in_force: str | None = None
    client_order_id: str | None = None
    post_only: bool | None = None
    reduce_only: bool | None = None
    min_quantity: int | None = None
    max_cost: Amount | None = None
    stop_price: Price | None = None
    expires_at: datetime | None = None
    valid_until: datetime | None = None
    on_halt: str | None = None
    stp: str | None = None
    group: str | None = None
    cancel_on_disconnect: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What became of one order of several: the order, or why there is none.

    An UnansweredError says that it is not known; place it again by its client_order_id to hear.
    """

    order: Order | None = None
    error: LikelyError | None = None


_OWN_WORDS = frozenset({"market", "outcome", "side", "price", "stop_price"})
_PLAIN = tuple(one.name for one in fields(NewOrder) if one.name not in _OWN_WORDS)


def new_client_order_id() -> str:
    """Return a name for an order that no other has."""
    return secrets.token_hex(12)


def wire_order(order: NewOrder, market: Market) -> dict[str, Any]:
    """Return an order as the exchange reads it, with a client_order_id where it has none.

    Buying No at 0.40 is selling Yes at 0.60. Raises UnknownOutcomeError.
    """
    is_no = market.is_binary and order.outcome.casefold() == "no" and not _has_no(market)
    contract = market.contract(None if is_no else order.outcome)
    side = _opposite(order.side) if is_no else order.side
    wire: dict[str, Any] = {"contract": contract.id, "side": side}
    for name in ("price", "stop_price"):
        price = getattr(order, name)
        if price is not None:
            wire[name] = price_text(_ONE - exact(price) if is_no else exact(price))
    for name in _PLAIN:
        value = getattr(order, name)
        if value is not None:
            wire[name] = _wire_value(value)
    wire.setdefault("client_order_id", new_client_order_id())
    return wire


def price_text(price: Decimal) -> str:
    """Return a price as plain digits, never as 1E-2."""
    return format(price, "f")


def exact(price: object) -> Decimal:
    """Return a price as a Decimal. Raises TypeError for a float: 0.1 + 0.2 is no price.

    Raises ValueError for a text that is no number.
    """
    if isinstance(price, bool | float) or not isinstance(price, Decimal | str | int):
        raise TypeError(f'give prices and amounts as "0.45" or Decimal, not {price!r}')
    try:
        return Decimal(price)
    except InvalidOperation:
        raise ValueError(f"{price!r} is no price or amount") from None


def _has_no(market: Market) -> bool:
    return any(contract.name.casefold() == "no" for contract in market.contracts)


def _opposite(side: Side) -> Side:
    return "sell" if side == "buy" else "buy"


def _wire_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return price_text(value) if isinstance(value, Decimal) else value
