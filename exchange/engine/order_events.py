"""The events of single orders and trades: what a busy book says all day.

Every order event names market, contract, order and account. Prices and money are in ticks.
"""

from typing import Final, Literal

from exchange.engine.enums import CancelReason, RejectReason, Side
from exchange.engine.structs import Record

TradeKind = Literal["book", "auction", "cross"]


class OrderAccepted(Record):
    """The order is in the market; its seq is its time priority."""

    __slots__ = ("account", "contract", "market", "order", "seq")

    def __init__(self, seq: int, market: int, contract: int, order: int, account: int) -> None:
        self.seq: Final = seq
        self.market: Final = market
        self.contract: Final = contract
        self.order: Final = order
        self.account: Final = account


class OrderRejected(Record):
    """The order never was; seq and market are None for an unknown contract.

    Where money was missing, `have_ticks` is what was available and `need_ticks` what it takes.
    """

    __slots__ = (
        "account",
        "contract",
        "have_ticks",
        "market",
        "need_ticks",
        "order",
        "reason",
        "seq",
    )

    def __init__(  # noqa: PLR0917 -- in the order in which they are written
        self,
        seq: int | None,
        market: int | None,
        contract: int,
        order: int,
        account: int,
        reason: RejectReason,
        have_ticks: int | None = None,
        need_ticks: int | None = None,
    ) -> None:
        self.seq: Final = seq
        self.market: Final = market
        self.contract: Final = contract
        self.order: Final = order
        self.account: Final = account
        self.reason: Final = reason
        self.have_ticks: Final = have_ticks
        self.need_ticks: Final = need_ticks


class TradeExecuted(Record):
    """A maker (resting) and a taker (incoming) traded, at the maker's price.

    The open quantities are what is left of both orders after this trade. In an auction both
    rested: the maker is the older one, the price that of the auction. A cross trade has no orders;
    its maker is the buyer.
    """

    __slots__ = (
        "contract",
        "kind",
        "maker_account",
        "maker_open_quantity",
        "maker_order",
        "maker_side",
        "market",
        "price_ticks",
        "quantity",
        "seq",
        "taker_account",
        "taker_open_quantity",
        "taker_order",
        "trade",
    )

    def __init__(  # noqa: PLR0917 -- in the order in which they are written
        self,
        seq: int,
        market: int,
        trade: int,
        kind: TradeKind,
        contract: int,
        price_ticks: int,
        quantity: int,
        maker_order: int | None,
        taker_order: int | None,
        maker_account: int,
        taker_account: int,
        maker_side: Side,
        maker_open_quantity: int,
        taker_open_quantity: int,
    ) -> None:
        self.seq: Final = seq
        self.market: Final = market
        self.trade: Final = trade
        self.kind: Final = kind
        self.contract: Final = contract
        self.price_ticks: Final = price_ticks
        self.quantity: Final = quantity
        self.maker_order: Final = maker_order
        self.taker_order: Final = taker_order
        self.maker_account: Final = maker_account
        self.taker_account: Final = taker_account
        self.maker_side: Final = maker_side
        self.maker_open_quantity: Final = maker_open_quantity
        self.taker_open_quantity: Final = taker_open_quantity


class OrderCancelled(Record):
    """The order is finished; quantity is what had still been open."""

    __slots__ = ("account", "contract", "market", "order", "quantity", "reason", "seq")

    def __init__(  # noqa: PLR0917 -- in the order in which they are written
        self,
        seq: int,
        market: int,
        contract: int,
        order: int,
        account: int,
        quantity: int,
        reason: CancelReason,
    ) -> None:
        self.seq: Final = seq
        self.market: Final = market
        self.contract: Final = contract
        self.order: Final = order
        self.account: Final = account
        self.quantity: Final = quantity
        self.reason: Final = reason


class OrderReduced(Record):
    """The order lost `by` contracts and kept its place in the queue."""

    __slots__ = ("account", "by", "contract", "market", "open_quantity", "order", "seq")

    def __init__(  # noqa: PLR0917 -- in the order in which they are written
        self,
        seq: int,
        market: int,
        contract: int,
        order: int,
        account: int,
        by: int,
        open_quantity: int,
    ) -> None:
        self.seq: Final = seq
        self.market: Final = market
        self.contract: Final = contract
        self.order: Final = order
        self.account: Final = account
        self.by: Final = by
        self.open_quantity: Final = open_quantity


class OrderReplaced(Record):
    """The order is finished with cancelled_quantity open; new_order stands in its place.

    Unless it kept the place in the queue, the new order's time priority is this event's seq.
    """

    __slots__ = (
        "account",
        "cancelled_quantity",
        "contract",
        "kept_place",
        "market",
        "new_order",
        "order",
        "price_ticks",
        "quantity",
        "seq",
    )

    def __init__(  # noqa: PLR0917 -- in the order in which they are written
        self,
        seq: int,
        market: int,
        contract: int,
        order: int,
        account: int,
        new_order: int,
        price_ticks: int,
        quantity: int,
        cancelled_quantity: int,
        kept_place: bool,  # noqa: FBT001 -- a field
    ) -> None:
        self.seq: Final = seq
        self.market: Final = market
        self.contract: Final = contract
        self.order: Final = order
        self.account: Final = account
        self.new_order: Final = new_order
        self.price_ticks: Final = price_ticks
        self.quantity: Final = quantity
        self.cancelled_quantity: Final = cancelled_quantity
        self.kept_place: Final = kept_place


class CancelRejected(Record):
    """A cancel, reduce or replace was refused; account is who asked."""

    __slots__ = (
        "account",
        "contract",
        "have_ticks",
        "market",
        "need_ticks",
        "order",
        "reason",
        "seq",
    )

    def __init__(  # noqa: PLR0917 -- in the order in which they are written
        self,
        seq: int | None,
        market: int | None,
        contract: int | None,
        order: int,
        account: int,
        reason: RejectReason,
        have_ticks: int | None = None,
        need_ticks: int | None = None,
    ) -> None:
        self.seq: Final = seq
        self.market: Final = market
        self.contract: Final = contract
        self.order: Final = order
        self.account: Final = account
        self.reason: Final = reason
        self.have_ticks: Final = have_ticks
        self.need_ticks: Final = need_ticks
