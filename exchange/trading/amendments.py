"""What it takes to make an order what its owner wants: less of it in its place, or another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from core.errors import Code, Problem
from core.ids import new_id
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading.answers import Answer
from exchange.trading.door import check_order
from exchange.trading.gateway import find_command, submit_one
from exchange.trading.models import Order
from exchange.trading.selectors import PendingOrder
from exchange.trading.sending import Sending, make_sending

Known = Order | PendingOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A reduction `by` so many contracts, or a replacement by `quantity` at `price_ticks`.

    A new total is absolute: sent twice, or crossed by a fill, it must not count twice. Then the
    book refuses unless `if_open_quantity` is open.
    """

    by: int = 0
    price_ticks: int = 0
    quantity: int = 0
    if_open_quantity: int | None = None

    @property
    def is_reduction(self) -> bool:
        """Whether the order lives on as the one that it is."""
        return self.by > 0


def plan_change(order: Known, body: Mapping[str, Any]) -> Change | None:
    """Return how an order becomes what a body asks for; None: it is that already.

    The body has quantity, price_ticks or both, or reduce_by. Raises Problem INVALID_QUANTITY.
    """
    if "reduce_by" in body:
        return Change(by=body["reduce_by"] or _refuse_quantity())
    filled, opened, price_ticks = _standing(order)
    total = body.get("quantity", filled + opened) or _refuse_quantity()
    wanted_ticks = body.get("price", price_ticks)
    if wanted_ticks == price_ticks and total <= filled + opened:
        by = filled + opened - total
        return Change(by=by, if_open_quantity=opened) if by else None
    if opened and total <= filled:
        raise Problem(Code.INVALID_QUANTITY, f"{filled} are filled already.", limit=filled)
    # What is not open any more is left to the book to say, whatever was asked for.
    quantity = max(1, total - filled)
    return Change(price_ticks=wanted_ticks, quantity=quantity, if_open_quantity=opened)


def carry_out(
    change: Change, *, account: Account, user: User | None, order: Known, name: str = ""
) -> Answer:
    """Ask the book for a change. `name` is the client's own: the same again is done once.

    The answer's command_id is the new order's id where the order is replaced. Raises the Problems
    of `sending_of_change`, and what the gateway's `submit` raises.
    """
    sending = sending_of_change(
        change,
        account_id=account.pk,
        user_id=user.pk if user else None,
        order=order,
        name=name,
    )
    return submit_one(sending, is_order=not change.is_reduction)


def sending_of_change(
    change: Change, *, account_id: int, user_id: int | None, order: Known, name: str = ""
) -> Sending:
    """Return a change ready to be sent; the id of a replacement is the new order's.

    Raises the Problems of `replace_sending`.
    """
    market = order.market if isinstance(order, Order) else order.request.contract.market
    if not change.is_reduction:
        return replace_sending(
            account_id=account_id,
            user_id=user_id,
            order_id=order.id,
            market=market,
            price_ticks=change.price_ticks,
            quantity=change.quantity,
            if_open_quantity=change.if_open_quantity,
            client_order_id=name,
        )
    return reduce_sending(
        account_id=account_id,
        user_id=user_id,
        order_id=order.id,
        shard=market.shard,
        by=change.by,
        if_open_quantity=change.if_open_quantity,
        client_order_id=name,
    )


def reduce_sending(
    *,
    account_id: int,
    user_id: int | None,
    order_id: int,
    shard: int,
    by: int,
    if_open_quantity: int | None = None,
    client_order_id: str = "",
) -> Sending:
    """Return a ReduceOrder ready to be sent: `by` contracts less, in the order's place.

    All of what is open or more cancels it. With `if_open_quantity` the book refuses when another
    quantity is open by then. `client_order_id` is the client's own name for the reduction.
    """
    command: dict[str, Any] = {
        "type": "ReduceOrder",
        "order": order_id,
        "account": account_id,
        "by": by,
    }
    if if_open_quantity is not None:
        command["if_open_quantity"] = if_open_quantity
    return make_sending(
        command,
        command_id=new_id(),
        shard=shard,
        account_id=account_id,
        user_id=user_id,
        client_order_id=client_order_id,
    )


def replace_sending(
    *,
    account_id: int,
    user_id: int | None,
    order_id: int,
    market: Market,
    price_ticks: int,
    quantity: int,
    if_open_quantity: int | None = None,
    client_order_id: str = "",
) -> Sending:
    """Return a ReplaceOrder ready to be sent; its id is that of the new order.

    `quantity` is what the new order has open; at the same price and not larger it keeps its place
    in the queue. Raises the Problems of the door.
    """
    check_order(market, price_ticks=price_ticks, quantity=quantity)
    new_order_id = new_id()
    command: dict[str, Any] = {
        "type": "ReplaceOrder",
        "order": order_id,
        "account": account_id,
        "new_order": new_order_id,
        "price_ticks": price_ticks,
        "quantity": quantity,
    }
    if if_open_quantity is not None:
        command["if_open_quantity"] = if_open_quantity
    if client_order_id:
        command["client_order_id"] = client_order_id
    return make_sending(
        command,
        command_id=new_order_id,
        shard=market.shard,
        account_id=account_id,
        user_id=user_id,
        client_order_id=client_order_id,
    )


def find_replacement(
    account: Account, order: Known, name: str, body: Mapping[str, Any]
) -> Order | None:
    """Return the order that a request of this name has put in an order's place already.

    None: there was no such request, or it came to nothing. Raises Problem CLIENT_ORDER_ID_REUSED
    for the name of something else, or where `body` asks for another replacement.
    """
    try:
        command_id = find_command(account.pk, name)
    except Problem:
        return None
    found = Order.objects.select_related("contract", "market").filter(pk=command_id).first()
    if found is not None and not (found.replaces_id == order.id and _is_of(found, order, body)):
        raise Problem(Code.CLIENT_ORDER_ID_REUSED, order=str(found.pk))
    return found


def _is_of(replacement: Order, order: Known, body: Mapping[str, Any]) -> bool:
    """Whether a replacement is what a body asks for; the order has ended, and fills no more."""
    filled, _, price_ticks = _standing(order)
    wanted = body.get("price", price_ticks), body.get("quantity")
    total = None if wanted[1] is None else filled + replacement.quantity
    return "reduce_by" not in body and wanted == (replacement.price_ticks, total)


def _standing(order: Known) -> tuple[int, int, int]:
    """Return what is filled, what is open, and the price."""
    if isinstance(order, PendingOrder):
        return 0, order.request.quantity, order.request.price_ticks
    return order.filled_quantity, order.open_quantity, order.price_ticks


def _refuse_quantity() -> int:
    raise Problem(Code.INVALID_QUANTITY, "A whole number from 1 up; DELETE cancels the order.")
