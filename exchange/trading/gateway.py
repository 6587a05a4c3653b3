"""The door of the exchange: commands go into the inbox here and nowhere else.

place_order, place_orders, cancel_order, reduce_order and submit_lifecycle have the inserting task
(inserting.py) put their commands into the inbox, which wakes the book worker, and wait for its
answer at most REPLY_TIMEOUT_S. They must not be called inside a transaction (the worker would
never see the rows), and they give the caller's database connection back while they wait.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from core.errors import Code, Problem
from core.failpoints import reach
from core.ids import new_id
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market, MarketStatus
from exchange.trading import inbox
from exchange.trading.answers import Answer
from exchange.trading.door import check_order
from exchange.trading.inserting import Receipt, inserter
from exchange.trading.models import CommandKey, InboxCommand, Order
from exchange.trading.pressure import pressure
from exchange.trading.requests import OrderRequest
from exchange.trading.sending import Sending, body_hash, make_sending
from exchange.trading.waiting import Wait, wait_for, waiters

__all__ = [
    "Answer",
    "OrderRequest",
    "body_hash",
    "cancel_order",
    "place_order",
    "place_orders",
    "reduce_order",
    "submit_lifecycle",
    "submit_many",
]


def place_order(*, account: Account, user: User | None, order: OrderRequest) -> Answer:
    """Place an order; `command_id` is the order's id.

    The same client_order_id with the same order gets the same answer, waiting for it when it is
    still in flight. Raises Problem: CLIENT_ORDER_ID_REUSED (another order), PRICE_OFF_TICK
    (nearest: the two nearest prices), INVALID_PRICE, INVALID_QUANTITY, MARKET_NOT_OPEN (a
    draft), UNAVAILABLE (too many wait here, or in the market's shard).
    """
    if pressure.must_look():
        pressure.look()
    sending = sending_of(order, account_id=account.pk, user_id=user.pk if user else None)
    return _submit_one(sending, is_order=True)


def place_orders(
    *, account: Account, user: User | None, orders: Sequence[OrderRequest]
) -> list[Answer | Exception]:
    """Place orders in their order, as `place_order` does, all with one INSERT and one wait.

    In the place of each stands its answer, or why it was not received. Raises Problem UNAVAILABLE.
    """
    if pressure.must_look():
        pressure.look()
    made = [
        sending_or_problem(order, account_id=account.pk, user_id=user.pk if user else None)
        for order in orders
    ]
    sendings = [one for one in made if isinstance(one, Sending)]
    answers = iter(submit(sendings, is_order=True) if sendings else ())
    return [next(answers) if isinstance(one, Sending) else one for one in made]


def sending_or_problem(
    order: OrderRequest, *, account_id: int, user_id: int | None
) -> Sending | Problem:
    """Return an order ready to be sent, or why it does not pass the door."""
    try:
        return sending_of(order, account_id=account_id, user_id=user_id)
    except Problem as problem:
        return problem


def sending_of(order: OrderRequest, *, account_id: int, user_id: int | None) -> Sending:
    """Return an order ready to be sent, under a new id. Raises the Problems of the door."""
    market = order.contract.market
    check_order(market, price_ticks=order.price_ticks, quantity=order.quantity)
    pressure.check(market.shard)
    order_id = new_id()
    return make_sending(
        place_order_command(order, order_id=order_id, account_id=account_id),
        command_id=order_id,
        shard=market.shard,
        account_id=account_id,
        user_id=user_id,
        client_order_id=order.client_order_id,
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
    return _submit_one(
        make_sending(
            command, command_id=new_id(), shard=market.shard, user_id=user.pk if user else None
        )
    )


def submit_many(rows: Sequence[InboxCommand]) -> None:
    """Put prepared commands into the inbox in one transaction and do not wait for answers."""
    with transaction.atomic():
        inbox.put(rows)
    inbox.nudge(row.shard for row in rows)


def submit(sendings: Sequence[Sending], *, is_order: bool = False) -> list[Answer | Exception]:
    """Put commands into the inbox together and wait for their answers, REPLY_TIMEOUT_S at most.

    In the place of each stands its answer, `pending` where there was none in time, or why it was
    not received: a Problem, or what the database said. The same client_order_id with the same
    body gets the answer of the first. Raises Problem UNAVAILABLE (too many wait here), and what
    the database raised when it was away: then nothing was received.
    """
    ids = [sending.command_id for sending in sendings]
    with waiters.expect(ids, is_order=is_order) as wait:
        receipts = inserter.insert(sendings)
        waiters.received(wait, ids, receipts)
        wait_for(wait)
        reach("gateway.answered")
        return answers_of(wait, receipts)


def answers_of(wait: Wait, receipts: Sequence[Receipt]) -> list[Answer | Exception]:
    """Return what a wait has brought for each receipt, so far."""
    return [
        receipt if isinstance(receipt, Exception) else wait.answer_to(receipt)
        for receipt in receipts
    ]


def _submit_one(sending: Sending, *, is_order: bool = False) -> Answer:
    [answer] = submit([sending], is_order=is_order)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _submit_about_order(
    account: Account, user: User | None, order_id: int, command: Mapping[str, Any]
) -> Answer:
    return _submit_one(
        make_sending(
            command,
            command_id=new_id(),
            shard=shard_of_order(account.pk, order_id),
            account_id=account.pk,
            user_id=user.pk if user else None,
        )
    )


def find_command(account_id: int, client_order_id: str) -> int:
    """Return the command that a client's own id stands for. Raises Problem NOT_FOUND."""
    keys = CommandKey.objects.filter(account_id=account_id, client_order_id=client_order_id)
    command_id = keys.values_list("command_id", flat=True).first()
    if command_id is None:
        raise Problem(Code.NOT_FOUND, "There is no such order among yours.")
    return command_id


def shard_of_order(account_id: int, order_id: int) -> int:
    """Return where an account's order is judged. Raises Problem NOT_FOUND."""
    # The inbox first: a command moves from there to the orders in one commit.
    own = {"pk": order_id, "account_id": account_id}
    received = InboxCommand.objects.filter(kind="PlaceOrder", **own).first()
    if received is not None:
        return received.shard
    order = Order.objects.filter(**own).select_related("market").first()
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
