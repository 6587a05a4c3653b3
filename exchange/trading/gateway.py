"""The door of the exchange: commands go into the inbox here and nowhere else.

place_order, place_orders, cancel_order and submit_lifecycle have the inserting task
(inserting.py) put their commands into the inbox, which wakes the book worker, and wait for its
answer at most REPLY_TIMEOUT_S. They must not be called inside a transaction (the worker would
never see the rows), and they give the caller's database connection back while they wait.
cross_accounts does the same in a transaction of its own, which it shares with its caller.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db import connection, transaction

from accounts.models import User
from core.errors import Code, Problem
from core.failpoints import reach
from core.ids import new_id
from exchange.engine.terms import encode_terms
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market, MarketStatus
from exchange.trading import inbox
from exchange.trading.answers import Answer
from exchange.trading.door import check_order, check_terms
from exchange.trading.inserting import Receipt, inserter
from exchange.trading.models import MAKING_KINDS, CommandKey, InboxCommand
from exchange.trading.pressure import pressure
from exchange.trading.requests import CrossRequest, OrderRequest
from exchange.trading.sending import Sending, body_hash, make_sending
from exchange.trading.waiting import Wait, wait_for, waiters

__all__ = [
    "Answer",
    "OrderRequest",
    "body_hash",
    "cancel_order",
    "cross_accounts",
    "place_order",
    "place_orders",
    "submit_lifecycle",
    "submit_many",
    "submit_one",
]


# One statement sees one moment: a command moves from the inbox to the orders in one commit.
_SHARD_OF_ORDER: Final = f"""
SELECT shard FROM trading_inboxcommand
WHERE id = %s AND account_id = %s AND kind IN {MAKING_KINDS}
UNION ALL
SELECT market.shard FROM trading_order placed
JOIN markets_market market ON market.id = placed.market_id
WHERE placed.id = %s AND placed.account_id = %s
"""  # noqa: S608 -- constants


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
    return submit_one(sending, is_order=True)


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
    if order.is_rare:
        check_terms(order)
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


def submit_lifecycle(
    *, user: User | None, market: Market, action: str, winner: Contract | None = None
) -> Answer:
    """Ask for open, halt, resume, close, settle or void of a market (`action` is that word).

    `winner` None settles for the outcome without a book.
    """
    command = lifecycle_command(market, action, winner=winner)
    return submit_one(
        make_sending(
            command, command_id=new_id(), shard=market.shard, user_id=user.pk if user else None
        )
    )


def cross_accounts(
    *, cross: CrossRequest, user: User | None, claim: Callable[[int], None]
) -> Answer:
    """Have two accounts trade beside the book at a price they agreed on.

    `claim` is called with the command's id in the transaction that puts the command into the
    inbox: both happen or neither, and what it raises is raised here. The book asks both sides for
    their money when it judges, and answers too_late after `valid_until_ms`. Raises Problem
    UNAVAILABLE (too many wait here), and those of the door.
    """
    market = cross.contract.market
    check_order(market, price_ticks=cross.price_ticks, quantity=cross.quantity)
    command_id = new_id()
    with waiters.expect([command_id], is_order=True) as wait:
        with transaction.atomic(durable=True):
            claim(command_id)
            inbox.put([_cross_row(cross, command_id, user)])
        inbox.nudge([market.shard])
        wait_for(wait)
        return wait.answer_to(command_id)


def _cross_row(cross: CrossRequest, command_id: int, user: User | None) -> InboxCommand:
    command = {
        "type": "CrossTrade",
        "contract": cross.contract.pk,
        "buyer": cross.buyer.pk,
        "seller": cross.seller.pk,
        "price_ticks": cross.price_ticks,
        "quantity": cross.quantity,
        "valid_until": cross.valid_until_ms,
    }
    return inbox.new_row(
        command_id=command_id,
        shard=cross.contract.market.shard,
        command=command,
        user_id=user.pk if user else None,
        reply_to=waiters.channel,
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


def submit_one(sending: Sending, *, is_order: bool = False) -> Answer:
    """Put one command into the inbox and wait for its answer; raise why it was not received."""
    [answer] = submit([sending], is_order=is_order)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _submit_about_order(
    account: Account, user: User | None, order_id: int, command: Mapping[str, Any]
) -> Answer:
    return submit_one(
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
    with connection.cursor() as cursor:
        cursor.execute(_SHARD_OF_ORDER, [order_id, account_id] * 2)
        found = cursor.fetchone()
    if found is None:
        raise Problem(Code.NOT_FOUND, "There is no such order among yours.")
    shard: int = found[0]
    return shard


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
    if order.is_rare:
        command |= encode_terms(order.terms)
    if order.client_order_id:
        command["client_order_id"] = order.client_order_id
    if order.valid_until_ms is not None:
        command["valid_until"] = order.valid_until_ms
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
