"""How an order wants to be executed: everything about it but what, which way, at what and how much.

Most orders have the same few terms, so they share them: `PLAIN` is the limit order that rests.
"""

from typing import Any, Final, Literal

from exchange.engine.structs import Record, names_of

OrderKind = Literal["limit", "market", "stop", "stop_limit"]
TimeInForce = Literal["GTC", "IOC", "FOK", "GTD"]
SelfTradePrevention = Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement", "allow"]
OnHalt = Literal["keep", "cancel"]

MARKET_KINDS: Final = ("market", "stop")
WAITING_KINDS: Final = ("stop", "stop_limit")
RESTING_TIFS: Final = ("GTC", "GTD")


class Terms(Record):
    """The terms of an order (docs/engine.md, Orders), with what follows from them.

    `waits`: it is a stop, which waits outside the book until the last price reaches it.
    `may_rest`: what does not match at once may stay in the book.
    `is_plain`: none of the rarer rules concerns it, so that they need not be asked one by one.
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
        self.waits: Final = kind in WAITING_KINDS
        self.may_rest: Final = kind not in MARKET_KINDS and tif in RESTING_TIFS
        self.is_plain: Final = (
            kind == "limit"
            and tif in {"GTC", "IOC"}
            and not (post_only or reduce_only)
            and (min_quantity, max_cost_ticks, stop_ticks, expires_at, group) == (None,) * 5
        )

    def contradict(self) -> bool:
        """Whether terms stand together that exclude each other, or one lacks what it needs."""
        return (
            (self.tif == "GTD") != (self.expires_at is not None)
            or (self.kind == "market" and self.tif == "GTD")
            or (self.post_only and not self._may_be_post_only())
            or (self.reduce_only and self.may_rest)
            or self.waits != (self.stop_ticks is not None)
            or (self.waits and self.max_cost_ticks is not None)
        )

    def _may_be_post_only(self) -> bool:
        return self.kind == "limit" and self.may_rest and self.min_quantity is None


PLAIN: Final = Terms()


def triggered(terms: Terms) -> Terms:
    """Return the terms of a stop that no longer waits: those of a market or a limit order."""
    kind: OrderKind = "market" if terms.kind == "stop" else "limit"
    return _with(terms, kind=kind, stop_ticks=None)


def satisfied(terms: Terms) -> Terms:
    """Return the terms of an order that has matched its minimum: it has none any more."""
    return _with(terms, min_quantity=None)


def _with(terms: Terms, **changed: Any) -> Terms:
    fields = dict(zip(names_of(Terms), terms.values(), strict=True))
    return Terms(**{**fields, **changed})


def encode_terms(terms: Terms) -> dict[str, Any]:
    """Return the terms that are not the usual ones, by name."""
    usual = zip(names_of(Terms), terms.values(), PLAIN.values(), strict=True)
    return {name: value for name, value, default in usual if value != default}
