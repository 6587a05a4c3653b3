"""What the journal says happened to orders and markets, as changes to tell people about. Pure.

Within one command an order's fills are told at once: the ones that left it partially filled in
one change, the one that completed it in another. So a sweep of fifty levels is two changes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Members = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """An order got another status, more fills or other terms by the event `seq` of its market.

    `fills` are (price_ticks, quantity). `quantity` is what is left open after fills or a
    reduction, what was cancelled or expired, or what a replacement asks for, at `price_ticks`.
    `seq` is None where a rejected order concerned no market.
    """

    order: int
    account: int
    status: str
    seq: int | None
    fills: tuple[tuple[int, int], ...] = ()
    quantity: int = 0
    reason: str = ""
    price_ticks: int | None = None

    @property
    def key(self) -> str:
        """Name the change, the same whenever the journal is read."""
        return f"order:{self.order}:{self.seq or self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeChange:
    """A trade was voided, as one of its two accounts sees it."""

    trade: int
    account: int
    market: int
    contract: int
    side: str
    price_ticks: int
    quantity: int
    seq: int

    @property
    def key(self) -> str:
        """Name the change, the same whenever the journal is read."""
        return f"trade:{self.trade}:{self.seq}:{self.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketChange:
    """A market opened, stopped or ended; `amounts_ticks` by account, without those of 0."""

    market: int
    status: str
    seq: int
    winner: int | None = None
    amounts_ticks: Mapping[int, int]

    @property
    def key(self) -> str:
        """Name the change, the same whenever the journal is read."""
        return f"market:{self.market}:{self.seq}"

    @property
    def is_over(self) -> bool:
        """Whether whoever held something of it is told what came of that."""
        return self.status in {"settled", "voided"}


Change = OrderChange | TradeChange | MarketChange
_ORDERS = {
    "OrderAccepted": "new",
    "OrderRejected": "rejected",
    "OrderCancelled": "cancelled",
    "OrderExpired": "expired",
    "OrderTriggered": "triggered",
    "OrderReduced": "reduced",
    "OrderReplaced": "replaced",
}
_MARKETS = {
    "MarketOpened": "opened",
    "MarketHalted": "halted",
    "MarketResumed": "resumed",
    "MarketClosed": "closed",
    "MarketSettled": "settled",
    "MarketVoided": "voided",
}


def changes_of(entries: Iterable[Sequence[Any]]) -> Iterator[Change]:
    """Return the changes of a batch's entries [[command id, command, [event, ...]], ...]."""
    for _command_id, _command, events in entries:
        yield from _changes_of_command(events)


def _changes_of_command(events: Sequence[Members]) -> Iterator[Change]:
    last_partial = _last_partial_fills(events)
    fills: dict[int, list[tuple[int, int]]] = {}
    amounts: dict[int, int] = {}
    for event in events:
        kind = event["type"]
        if kind == "TradeExecuted":
            yield from _fills_of(event, fills, last_partial)
        elif kind == "AccountSettled":
            amounts[event["account"]] = event["amount_ticks"]
        elif kind in _MARKETS:
            yield _market_change(event, amounts)
        elif kind == "TradeVoided":
            yield from _sides_of_voided(event)
        elif (change := _order_change(event)) is not None:
            yield change


def _order_change(event: Members) -> OrderChange | None:
    """Return what an event of one order alone changed; None where it changed nothing."""
    status = _ORDERS.get(event["type"])
    if status is None:
        return None
    return OrderChange(
        order=event["order"],
        account=event["account"],
        status=status,
        seq=event.get("seq"),
        quantity=event.get("open_quantity", event.get("quantity", 0)),
        reason=str(event.get("reason", "")),
        price_ticks=event.get("price_ticks"),
    )


def _market_change(event: Members, amounts: Mapping[int, int]) -> MarketChange:
    return MarketChange(
        market=event["market"],
        status=_MARKETS[event["type"]],
        seq=event["seq"],
        winner=event.get("winner"),
        amounts_ticks=amounts,
    )


def _sides_of_voided(event: Members) -> Iterator[TradeChange]:
    for side, account in (("buy", event["buyer"]), ("sell", event["seller"])):
        yield TradeChange(
            trade=event["trade"],
            account=account,
            market=event["market"],
            contract=event["contract"],
            side=side,
            price_ticks=event["price_ticks"],
            quantity=event["quantity"],
            seq=event["seq"],
        )


def _sides(trade: Members) -> Iterator[tuple[int, int, int]]:
    """Return order, account and quantity left open of both sides; a cross has no orders."""
    for role in ("maker", "taker"):
        if trade[f"{role}_order"] is not None:
            yield trade[f"{role}_order"], trade[f"{role}_account"], trade[f"{role}_open_quantity"]


def _last_partial_fills(events: Sequence[Members]) -> dict[int, int]:
    """Return, by order, the seq of its last fill in this command that leaves something open."""
    last = {}
    for event in events:
        if event["type"] == "TradeExecuted":
            last.update({order: event["seq"] for order, _, left in _sides(event) if left})
    return last


def _fills_of(
    trade: Members, fills: dict[int, list[tuple[int, int]]], last_partial: Mapping[int, int]
) -> Iterator[OrderChange]:
    """Collect a trade on both its orders; return a change where their status is now told."""
    for order, account, left in _sides(trade):
        fills.setdefault(order, []).append((trade["price_ticks"], trade["quantity"]))
        if left and last_partial[order] != trade["seq"]:
            continue
        yield OrderChange(
            order=order,
            account=account,
            status="partially_filled" if left else "filled",
            seq=trade["seq"],
            fills=tuple(fills.pop(order)),
            quantity=left,
        )
