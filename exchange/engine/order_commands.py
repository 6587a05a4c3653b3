"""The commands about single orders: what a busy book is asked all day."""

from typing import Final

from exchange.engine.enums import Side
from exchange.engine.structs import Record
from exchange.engine.terms import PLAIN, Terms


class PlaceOrder(Record):
    """Ask to trade quantity contracts at price_ticks or better.

    `price_ticks` None, for a market order only, stands for the worst price there is.
    """

    __slots__ = (
        "account",
        "client_order_id",
        "contract",
        "order",
        "price_ticks",
        "quantity",
        "side",
        "terms",
        "time",
        "valid_until",
    )

    def __init__(  # noqa: PLR0917 -- in the order in which they are written
        self,
        order: int,
        account: int,
        contract: int,
        side: Side,
        price_ticks: int | None,
        quantity: int,
        terms: Terms = PLAIN,
        client_order_id: str | None = None,
        *,
        time: int | None = None,
        valid_until: int | None = None,
    ) -> None:
        self.order: Final = order
        self.account: Final = account
        self.contract: Final = contract
        self.side: Final = side
        self.price_ticks: Final = price_ticks
        self.quantity: Final = quantity
        self.terms: Final = terms
        self.client_order_id: Final = client_order_id
        self.time: Final = time
        self.valid_until: Final = valid_until


class CancelOrder(Record):
    """Take an order out of its book, or a stop out of its wait."""

    __slots__ = ("account", "order", "time", "valid_until")

    def __init__(
        self, order: int, account: int, *, time: int | None = None, valid_until: int | None = None
    ) -> None:
        self.order: Final = order
        self.account: Final = account
        self.time: Final = time
        self.valid_until: Final = valid_until


class ReduceOrder(Record):
    """Make an order's open quantity smaller; it keeps its place in the queue.

    With `if_open_quantity` only while that much is open: a request sent twice reduces once.
    """

    __slots__ = ("account", "by", "if_open_quantity", "order", "time", "valid_until")

    def __init__(
        self,
        order: int,
        account: int,
        by: int,
        if_open_quantity: int | None = None,
        *,
        time: int | None = None,
        valid_until: int | None = None,
    ) -> None:
        self.order: Final = order
        self.account: Final = account
        self.by: Final = by
        self.if_open_quantity: Final = if_open_quantity
        self.time: Final = time
        self.valid_until: Final = valid_until


class ReplaceOrder(Record):
    """Put a new order of quantity at price_ticks in the place of an old one, or change nothing.

    It keeps the place in the queue only where it is no larger and the price is the same. All
    other terms are those of the old order. `if_open_quantity` as for ReduceOrder. `client_order_id`
    is the new order's.
    """

    __slots__ = (
        "account",
        "client_order_id",
        "if_open_quantity",
        "new_order",
        "order",
        "price_ticks",
        "quantity",
        "time",
        "valid_until",
    )

    def __init__(  # noqa: PLR0917 -- in the order in which they are written
        self,
        order: int,
        account: int,
        new_order: int,
        price_ticks: int,
        quantity: int,
        if_open_quantity: int | None = None,
        client_order_id: str | None = None,
        *,
        time: int | None = None,
        valid_until: int | None = None,
    ) -> None:
        self.order: Final = order
        self.account: Final = account
        self.new_order: Final = new_order
        self.price_ticks: Final = price_ticks
        self.quantity: Final = quantity
        self.if_open_quantity: Final = if_open_quantity
        self.client_order_id: Final = client_order_id
        self.time: Final = time
        self.valid_until: Final = valid_until
