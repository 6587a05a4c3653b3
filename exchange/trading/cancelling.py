"""Cancelling many of an account's orders at once: some by name, or all that fit.

Like the gateway, through which the commands go, these wait for the book's answers and must not be
called inside a transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import User
from core.errors import Code, Problem
from core.ids import new_id
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market
from exchange.trading.answers import Answer
from exchange.trading.gateway import submit
from exchange.trading.models import MAKING_KINDS, InboxCommand, Order, Outcome
from exchange.trading.sending import Sending, make_sending

# Of the budget of cancels: it takes as much work as many of them.
CANCEL_ALL_COST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which of an account's orders are meant; what is not given narrows nothing."""

    market: Market | None = None
    contract: Contract | None = None
    side: str = ""
    group: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """What a cancel of many came to; `is_pending` where a book has not answered in time."""

    orders: Sequence[Order]
    account_seq: int
    is_pending: bool


def cancel_orders(
    *, account: Account, user: User | None, order_ids: Sequence[int]
) -> list[Answer | Exception]:
    """Cancel orders, each by itself, with one INSERT and one wait.

    In the place of each stands its answer, or why it was not received: NOT_FOUND for an order
    that is not the account's.
    """
    shards = shards_of_orders(account.pk, order_ids)
    sendings = [
        _sending(
            {"type": "CancelOrder", "order": order_id, "account": account.pk},
            account,
            user,
            shards[order_id],
        )
        for order_id in order_ids
        if order_id in shards
    ]
    answers = iter(submit(sendings) if sendings else ())
    return [
        next(answers) if order_id in shards else Problem(Code.NOT_FOUND, "There is no such order.")
        for order_id in order_ids
    ]


def shards_of_orders(account_id: int, order_ids: Sequence[int]) -> dict[int, int]:
    """Return where an account's orders are judged; those it does not have are left out."""
    own = {"pk__in": order_ids, "account_id": account_id}
    # The inbox first: a command moves from there to the orders in one commit.
    received = InboxCommand.objects.filter(kind__in=MAKING_KINDS, **own)
    found = dict(received.values_list("pk", "shard"))
    return found | dict(Order.objects.filter(**own).values_list("pk", "market__shard"))


def cancel_all(*, account: Account, user: User | None, wanted: OrderFilter) -> Cancelled:
    """Cancel every open order that fits, those included that wait to be judged; say which.

    One command for each shard that has any: the orders of one market end together.
    """
    sendings = cancel_all_sendings(account=account, user=user, wanted=wanted)
    answers = submit(sendings) if sendings else []
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    given = [answer for answer in answers if isinstance(answer, Answer)]
    return summarize_cancels(account, given)


def summarize_cancels(account: Account, given: Sequence[Answer]) -> Cancelled:
    """Return what the answers to `cancel_all_sendings` came to."""
    return Cancelled(
        orders=list(cancelled_by(account, given)),
        account_seq=max(
            (answer.account_seq for answer in given if answer.account_seq is not None),
            default=account.account_seq,
        ),
        is_pending=any(answer.pending for answer in given),
    )


def cancel_all_sendings(
    *, account: Account, user: User | None, wanted: OrderFilter
) -> list[Sending]:
    """Return the CancelAll commands for the shards in which the account has orders."""
    command = {"type": "CancelAll", "account": account.pk, **_narrowing(wanted)}
    return [
        _sending(command, account, user, shard) for shard in _shards_with_orders(account, wanted)
    ]


def cancelled_by(account: Account, answers: Sequence[Answer]) -> QuerySet[Order]:
    """Return the orders that these commands ended themselves, newest first.

    Another of the account's in the same batch has ended those that it names.
    """
    outcomes = Outcome.objects.filter(pk__in=[answer.command_id for answer in answers])
    ended = " ".join(outcomes.values_list("cancelled", flat=True)).split()
    orders = Order.objects.filter(account=account, pk__in=[int(one) for one in ended])
    return orders.select_related("contract", "market").order_by("-id")


def _narrowing(wanted: OrderFilter) -> Mapping[str, Any]:
    members = {
        "market": wanted.market and wanted.market.pk,
        "contract": wanted.contract and wanted.contract.pk,
        "side": wanted.side or None,
        "group": wanted.group,
    }
    return {name: value for name, value in members.items() if value is not None}


def _shards_with_orders(account: Account, wanted: OrderFilter) -> list[int]:
    contract = wanted.contract
    market = wanted.market or (None if contract is None else contract.market)
    if market is not None:
        return [market.shard]
    # The inbox first, as above.
    received = InboxCommand.objects.filter(kind__in=MAKING_KINDS, account=account)
    found = set(received.values_list("shard", flat=True))
    living = Order.objects.filter(account=account, open_quantity__gt=0)
    return sorted(found | set(living.values_list("market__shard", flat=True)))


def _sending(
    command: Mapping[str, Any], account: Account, user: User | None, shard: int
) -> Sending:
    return make_sending(
        command,
        command_id=new_id(),
        shard=shard,
        account_id=account.pk,
        user_id=user.pk if user else None,
    )
