"""Reads of orders, trades, positions and accounts' money."""

from dataclasses import dataclass

from django.db.models import QuerySet

from exchange.ledger.models import Account
from exchange.trading.gateway import OrderRequest
from exchange.trading.models import OPEN_STATUSES, Order, Position, Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an order would do, for the account, before it is placed. Amounts in ticks.

    `worst_before`/`worst_after`: the worst outcome's name and what the account would have won
    (negative: lost) in this market then, its open orders included.
    """

    cost_ticks: int  # what the order would hold of the available money (new exposure - old)
    available_ticks: int
    worst_outcome_before: str
    worst_before_ticks: int
    worst_outcome_after: str
    worst_after_ticks: int
    payout_ticks: int  # what comes back if the side bought wins (quantity x payout)
    profit_ticks: int  # payout - price paid, at the limit price
    fee_ticks: int
    queue_ahead: int  # contracts resting at the price or better on the same side
    fills_now_quantity: int  # what would match at once, by the book as it is
    crosses_own_order: bool
    affordable: bool


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
    raise NotImplementedError


def list_fills(account: Account) -> QuerySet[Trade]:
    """Return the trades of an account, newest first."""
    raise NotImplementedError


def list_positions(account: Account) -> QuerySet[Position]:
    """Return the positions an account holds in unsettled markets, by market."""
    return (
        Position.objects.filter(account=account, settled_ticks=None)
        .exclude(quantity=0, cash_ticks=0)
        .select_related("market", "contract")
        .order_by("-market_id", "contract__position")
    )


def preview_order(*, account: Account, order: OrderRequest) -> Preview:
    """Say what an order would cost and risk; changes nothing. Same Problems as place_order."""
    raise NotImplementedError
