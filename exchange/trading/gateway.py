"""The door of the exchange: commands go into the inbox here and nowhere else.

place_order, cancel_order, reduce_order and submit_lifecycle insert one inbox row in a
transaction of their own, wake the book worker and wait for its answer at most
REPLY_TIMEOUT_S. They must not be called inside a transaction (the worker would never see
the row), and they give the caller's database connection back while they wait.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from core.errors import Code, Problem
from core.failpoints import reach
from core.ids import new_id
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market, MarketStatus
from exchange.trading import inbox, keys
from exchange.trading.answers import Answer
from exchange.trading.door import check_order
from exchange.trading.models import InboxCommand, Order
from exchange.trading.requests import OrderRequest
from exchange.trading.waiting import wait_for, waiters

__all__ = [
    "Answer",
    "OrderRequest",
    "cancel_order",
    "place_order",
    "reduce_order",
    "submit_lifecycle",
    "submit_many",
]


def place_order(*, account: Account, user: User | None, order: OrderRequest) -> Answer:
    """Place an order; `command_id` is the order's id.

    The same client_order_id with the same order gets the same answer, waiting for it when it is
    still in flight. Raises Problem: CLIENT_ORDER_ID_REUSED (another order), PRICE_OFF_TICK
    (nearest: the two nearest prices), INVALID_PRICE, INVALID_QUANTITY, MARKET_NOT_OPEN (a
    draft), UNAVAILABLE (too many wait here).
    """
    market = order.contract.market
    check_order(market, price_ticks=order.price_ticks, quantity=order.quantity)
    order_id = new_id()
    command = place_order_command(order, order_id=order_id, account_id=account.pk)
    return _submit(
        Sending(
            command_id=order_id,
            shard=market.shard,
            command=command,
            account=account,
            user=user,
            client_order_id=order.client_order_id,
        )
    )


def cancel_order(*, account: Account, user: User | None, order_id: int) -> Answer:
    """Cancel what is open of an order. Raises Problem NOT_FOUND for another account's order."""
    command = {"type": "CancelOrder", "order": order_id, "account": account.pk}
    return _submit_about_order(account, user, order_id, command)


def reduce_order(
    *,
    account: Account,
    user: User | None,
    order_id: int,
    by: int,
    if_open_quantity: int | None = None,
) -> Answer:
    """Take `by` contracts off an order's open quantity; it keeps its place in the queue.

    All of it or more cancels the order. With `if_open_quantity` the book refuses when another
    quantity is open by then. Raises Problem NOT_FOUND, INVALID_QUANTITY.
    """
    if by < 1:
        raise Problem(Code.INVALID_QUANTITY, "Reduce by a whole number from 1 up.")
    command: dict[str, Any] = {
        "type": "ReduceOrder",
        "order": order_id,
        "account": account.pk,
        "by": by,
    }
    if if_open_quantity is not None:
        command["if_open_quantity"] = if_open_quantity
    return _submit_about_order(account, user, order_id, command)


def submit_lifecycle(
    *, user: User | None, market: Market, action: str, winner: Contract | None = None
) -> Answer:
    """Ask for open, halt, resume, close, settle or void of a market (`action` is that word).

    `winner` None settles for the outcome without a book.
    """
    command = lifecycle_command(market, action, winner=winner)
    return _submit(Sending(command_id=new_id(), shard=market.shard, command=command, user=user))


def submit_many(rows: Sequence[InboxCommand]) -> None:
    """Put prepared commands into the inbox in one transaction and do not wait for answers."""
    with transaction.atomic():
        inbox.put(rows)
    inbox.nudge(row.shard for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One command on its way into the inbox."""

    command_id: int
    shard: int
    command: Mapping[str, Any]
    account: Account | None = None
    user: User | None = None
    client_order_id: str = ""


def _submit(sending: Sending) -> Answer:
    is_order = sending.command["type"] == "PlaceOrder"
    with waiters.expect(sending.command_id, is_order=is_order) as future:
        earlier = _receive(sending)
        if earlier is not None:
            return wait_for(earlier, Future())
        inbox.nudge([sending.shard])
        answer = wait_for(sending.command_id, future)
        reach("gateway.answered")
        return answer


def _receive(sending: Sending) -> int | None:
    """Commit the command to the inbox; or return the id it had when it was sent before."""
    row = inbox.new_row(
        command_id=sending.command_id,
        shard=sending.shard,
        command=sending.command,
        account_id=sending.account.pk if sending.account else None,
        user_id=sending.user.pk if sending.user else None,
        reply_to=waiters.channel,
    )
    with transaction.atomic():
        if sending.account is not None and sending.client_order_id:
            earlier = keys.claim(
                account_id=sending.account.pk,
                client_order_id=sending.client_order_id,
                body_hash=body_hash(sending.command),
                command_id=sending.command_id,
            )
            if earlier is not None:
                return earlier
        inbox.put([row])
        reach("gateway.inserted")
    reach("gateway.committed")
    return None


def _submit_about_order(
    account: Account, user: User | None, order_id: int, command: Mapping[str, Any]
) -> Answer:
    shard = _shard_of_order(account, order_id)
    return _submit(
        Sending(command_id=new_id(), shard=shard, command=command, account=account, user=user)
    )


def _shard_of_order(account: Account, order_id: int) -> int:
    # The inbox first: a command moves from there to the orders in one commit.
    received = InboxCommand.objects.filter(pk=order_id, account=account, kind="PlaceOrder").first()
    if received is not None:
        return received.shard
    order = Order.objects.filter(pk=order_id, account=account).select_related("market").first()
    if order is None:
        raise Problem(Code.NOT_FOUND, "There is no such order among yours.")
    return order.market.shard


def place_order_command(order: OrderRequest, *, order_id: int, account_id: int) -> dict[str, Any]:
    """Return an order as the engine's command, in JSON form."""
    command: dict[str, Any] = {
        "type": "PlaceOrder",
        "order": order_id,
        "account": account_id,
        "contract": order.contract.pk,
        "side": order.side,
        "price_ticks": order.price_ticks,
        "quantity": order.quantity,
        "kind": order.kind,
        "tif": order.time_in_force,
        "stp": order.stp,
    }
    if order.client_order_id:
        command["client_order_id"] = order.client_order_id
    return command


_ACTIONS: Final = {
    "open": "OpenMarket",
    "halt": "HaltMarket",
    "resume": "ResumeMarket",
    "close": "CloseMarket",
    "settle": "SettleMarket",
    "void": "VoidMarket",
}


def lifecycle_command(
    market: Market, action: str, *, winner: Contract | None = None
) -> dict[str, Any]:
    """Return a step of a market's life as the engine's command, in JSON form.

    Raises Problem MARKET_NOT_OPEN for any step of a draft but opening it.
    """
    if action != "open" and market.status == MarketStatus.DRAFT:
        raise Problem(Code.MARKET_NOT_OPEN)
    command: dict[str, Any] = {"type": _ACTIONS[action], "market": market.pk}
    if action == "open":
        command |= {
            "contracts": [contract.pk for contract in market.contracts.all()],
            "other": market.has_other,
            "price_step_ticks": market.price_step_ticks,
        }
    elif action == "settle":
        command["winner"] = winner and winner.pk
    return command


def body_hash(command: Mapping[str, Any]) -> str:
    """Return the hash by which the same request is known again, whatever id it was given."""
    body = {name: value for name, value in command.items() if name != "order"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
