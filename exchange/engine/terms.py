"""How an order wants to be executed: everything about it but what, which way, at what and how much.

Most orders have the same few terms, so they share them: `PLAIN` is the limit order that rests.
"""

from typing import Final, Literal

from exchange.engine.records import Record

OrderKind = Literal["limit", "market", "stop", "stop_limit"]
TimeInForce = Literal["GTC", "IOC", "FOK", "GTD"]
SelfTradePrevention = Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement", "allow"]
OnHalt = Literal["keep", "cancel"]


class Terms(Record):
    """The terms of an order (docs/engine.md, Orders), with what follows from them.

    `waits` says that it is a stop: it waits outside the book until the last price reaches it.
    `may_rest` says that what does not match at once may stay in the book. `is_plain` says that
    none of the rarer rules concerns it, so that they need not be asked one by one.
    """

    __slots__ = (
        "expires_at",
        "group",
        "is_plain",
        "kind",
        "max_cost_ticks",
        "may_rest",
        "min_quantity",
        "on_halt",
        "post_only",
        "reduce_only",
        "stop_ticks",
        "stp",
        "tif",
        "waits",
    )

    def __init__(  # noqa: PLR0917 -- in the order in which they are written
        self,
        kind: OrderKind = "limit",
        tif: TimeInForce = "GTC",
        stp: SelfTradePrevention = "cancel_newest",
        post_only: bool = False,  # noqa: FBT001, FBT002 -- a field
        reduce_only: bool = False,  # noqa: FBT001, FBT002 -- a field
        min_quantity: int | None = None,
        max_cost_ticks: int | None = None,
        stop_ticks: int | None = None,
        expires_at: int | None = None,
        on_halt: OnHalt = "keep",
        group: int | None = None,
    ) -> None:
        self.kind: Final = kind
        self.tif: Final = tif
        self.stp: Final = stp
        self.post_only: Final = post_only
        self.reduce_only: Final = reduce_only
        self.min_quantity: Final = min_quantity
        self.max_cost_ticks: Final = max_cost_ticks
        self.stop_ticks: Final = stop_ticks
        self.expires_at: Final = expires_at
        self.on_halt: Final = on_halt
        self.group: Final = group
        self.waits: Final = kind in {"stop", "stop_limit"}
        self.may_rest: Final = kind in {"limit", "stop_limit"} and tif in {"GTC", "GTD"}
        self.is_plain: Final = (
            kind == "limit"
            and tif in {"GTC", "IOC"}
            and not (post_only or reduce_only)
            and (min_quantity, max_cost_ticks, stop_ticks, expires_at, group) == (None,) * 5
        )


PLAIN: Final = Terms()
