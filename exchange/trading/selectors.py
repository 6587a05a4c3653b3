"""Reads of orders, trades, positions and accounts' money."""

import json
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from exchange.engine.commands import PlaceOrder, decode
from exchange.ledger.models import Account
from exchange.markets.models import Contract
from exchange.trading.models import OPEN_STATUSES, InboxCommand, Order, Position, Trade
from exchange.trading.preview import Preview, preview_order
from exchange.trading.requests import OrderRequest

__all__ = [
    "PendingOrder",
    "Preview",
    "get_order",
    "list_fills",
    "list_orders",
    "list_positions",
    "preview_order",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingOrder:
    """An order that is received and not yet judged."""

    id: int
    request: OrderRequest
    received_at_ms: int


def list_orders(account: Account, *, status: str = "") -> QuerySet[Order]:
    """Return an account's orders, newest first; status "open" means new or partially filled."""
    orders = Order.objects.filter(account=account).select_related("contract", "market")
    if status == "open":
        orders = orders.filter(status__in=OPEN_STATUSES, open_quantity__gt=0)
    elif status:
        orders = orders.filter(status=status)
    return orders.order_by("-id")


def get_order(account: Account, order_id: int) -> Order | PendingOrder | None:
    """Return an account's order, known from the moment it is received; None: no such order."""
    # The inbox first: a command moves from there to the orders in one commit, so looking the
    # other way round could miss it in both.
    waiting = InboxCommand.objects.filter(pk=order_id, account=account, kind="PlaceOrder").first()
    if waiting is not None:
        return _pending_order(waiting)
    return list_orders(account).filter(pk=order_id).first()


def list_fills(account: Account) -> QuerySet[Trade]:
    """Return the trades of an account, as maker or taker, newest first."""
    return (
        Trade.objects.filter(Q(maker_account=account) | Q(taker_account=account))
        .select_related("contract", "market")
        .order_by("-id")
    )


def list_fills_of_order(account: Account, order_id: int) -> QuerySet[Trade]:
    """Return the trades of one of an account's orders, newest first; none where it has none such.

    They lie between the order's place in its market and what happened to it last, so that only
    this part of the market's trades is looked through, however much the account has traded.
    """
    own = Order.objects.filter(account=account, pk=order_id)
    bounds = own.values_list("market_id", "accepted_seq", "market_seq").first()
    if bounds is None:
        return Trade.objects.none()
    market_id, accepted_seq, market_seq = bounds
    fills = list_fills(account).filter(
        market_id=market_id, market_seq__gte=accepted_seq or 0, market_seq__lte=market_seq
    )
    return fills.filter(Q(maker_order=order_id) | Q(taker_order=order_id))


def list_positions(account: Account) -> QuerySet[Position]:
    """Return the positions an account holds in unsettled markets, by market."""
    return (
        Position.objects.filter(account=account, settled_ticks=None)
        .exclude(quantity=0, cash_ticks=0)
        .select_related("market", "contract")
        .order_by("-market_id", "contract__position")
    )


def _pending_order(row: InboxCommand) -> PendingOrder:
    command = decode(json.loads(row.payload))
    assert isinstance(command, PlaceOrder), "the inbox row says PlaceOrder"
    assert command.price_ticks is not None, "every order that is offered has a price"
    request = OrderRequest(
        contract=Contract.objects.select_related("market").get(pk=command.contract),
        side=str(command.side),
        price_ticks=command.price_ticks,
        quantity=command.quantity,
        kind=command.terms.kind,
        time_in_force=command.terms.tif,
        stp=command.terms.stp,
        client_order_id=command.client_order_id or "",
        post_only=command.terms.post_only,
        reduce_only=command.terms.reduce_only,
        min_quantity=command.terms.min_quantity,
        max_cost_ticks=command.terms.max_cost_ticks,
        stop_ticks=command.terms.stop_ticks,
        expires_at_ms=command.terms.expires_at,
        on_halt=command.terms.on_halt,
        group=command.terms.group,
    )
    return PendingOrder(id=row.pk, request=request, received_at_ms=row.received_at_ms)
