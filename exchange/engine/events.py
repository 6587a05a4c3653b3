"""Events: what the engine decided, in the order it decided it, and how they look in JSON.

`seq` numbers all events of one market without a gap, beginning with 1 for MarketOpened. It is None
only where no market is concerned (an unknown contract, order or market).
"""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any, Final, cast

from exchange.engine.enums import CancelReason, RejectReason, Side
from exchange.engine.order_events import (
    CancelRejected,
    OrderAccepted,
    OrderCancelled,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
    TradeExecuted,
    TradeKind,
)
from exchange.engine.other_events import (
    AccountSettled,
    AuctionStarted,
    CommandRejected,
    MarketClosed,
    MarketHalted,
    MarketOpened,
    MarketResumed,
    MarketSettled,
    MarketVoided,
    OrderExpired,
    OrderTriggered,
    TradeVoided,
)
from exchange.engine.structs import names_of

__all__ = [
    "AccountSettled",
    "AuctionStarted",
    "CancelRejected",
    "CommandRejected",
    "Event",
    "MarketClosed",
    "MarketHalted",
    "MarketOpened",
    "MarketResumed",
    "MarketSettled",
    "MarketVoided",
    "OrderAccepted",
    "OrderCancelled",
    "OrderExpired",
    "OrderReduced",
    "OrderRejected",
    "OrderReplaced",
    "OrderTriggered",
    "TradeExecuted",
    "TradeKind",
    "TradeVoided",
    "decode",
    "encode",
]

Event = (
    OrderAccepted
    | OrderRejected
    | TradeExecuted
    | OrderCancelled
    | OrderExpired
    | OrderReduced
    | OrderReplaced
    | OrderTriggered
    | CancelRejected
    | TradeVoided
    | MarketOpened
    | MarketHalted
    | AuctionStarted
    | MarketResumed
    | MarketClosed
    | MarketSettled
    | MarketVoided
    | AccountSettled
    | CommandRejected
)

_types: Final[Mapping[str, type[Any]]] = {made.__name__: made for made in Event.__args__}
_names: Final = {made: names_of(made) for made in _types.values()}
_getters: Final = {made: attrgetter(*names) for made, names in _names.items()}
# Said only where there is something to say.
_left_out_when_none: Final = ("seq", "have_ticks", "need_ticks")
_may_be_left_out: Final[Mapping[type[Any], tuple[str, ...]]] = {
    made: tuple(name for name in _left_out_when_none if name in _names[made])
    for made in (OrderRejected, CancelRejected, CommandRejected)
}


def encode(event: Event) -> dict[str, Any]:
    """Return the JSON object of an event: its type, then its fields; seq, have and need if any."""
    made = type(event)
    members: dict[str, Any] = {"type": made.__name__}
    members.update(zip(_names[made], _getters[made](event), strict=True))
    for name in _may_be_left_out.get(made, ()):
        if members[name] is None:
            del members[name]
    return members


def decode(members: Mapping[str, Any]) -> Event:
    """Return the event that `encode` gave members for. Raises ValueError for anything else."""
    arguments = dict(members)
    made = _types.get(arguments.pop("type", ""))
    if made is None:
        raise ValueError("not an event", members)
    if "maker_side" in arguments:
        arguments["maker_side"] = Side(arguments["maker_side"])
    if "reason" in arguments:
        reasons = CancelReason if made is OrderCancelled else RejectReason
        arguments["reason"] = reasons(arguments["reason"])
    for name in _may_be_left_out.get(made, ()):
        arguments.setdefault(name, None)
    try:
        return cast(Event, made(**arguments))
    except TypeError as error:
        raise ValueError(str(error)) from None
