"""The end of an account's trading: nothing new is taken, what is open is cancelled."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import QuerySet

from core.errors import Code, Problem
from core.ids import new_id
from core.slices import slices
from exchange.ledger.models import Account
from exchange.ledger.services import set_suspended
from exchange.trading.gateway import submit
from exchange.trading.models import Order, Position
from exchange.trading.selectors import list_orders, list_positions
from exchange.trading.sending import Sending, make_sending

_AT_ONCE = 100


class StillHoldsError(Exception):
    """The account holds contracts in markets that have no result yet."""


def list_held(account: Account) -> QuerySet[Position]:
    """Return the positions that keep an account from being closed."""
    return list_positions(account).exclude(quantity=0)


@contextmanager
def ended_trading(*, account: Account) -> Iterator[None]:
    """End an account's trading for the block: suspended, without open orders or positions.

    If the block fails, the account may trade again; what was cancelled stays so. Runs transactions
    of its own and must not be called inside one. Raises StillHoldsError, with nothing cancelled
    unless an order has traded meanwhile, and Problem UNAVAILABLE where a book does not answer.
    """
    _check_holds_nothing(account)
    # First: an order that a book judges from now on is refused, so none comes after the look.
    was_suspended = set_suspended(account=account, is_suspended=True)
    try:
        _cancel_all(account)
        _check_holds_nothing(account)
        yield
    except BaseException:
        set_suspended(account=account, is_suspended=was_suspended)
        raise


def _check_holds_nothing(account: Account) -> None:
    if list_held(account).exists():
        raise StillHoldsError


def _cancel_all(account: Account) -> None:
    orders = list_orders(account, status="open").select_related("market")
    for some in slices(orders, _AT_ONCE):
        for answer in submit([_cancel(account, order) for order in some]):
            if isinstance(answer, Exception):
                raise answer
            if answer.pending:
                raise Problem(Code.UNAVAILABLE, "The book has not answered. Try again.")


def _cancel(account: Account, order: Order) -> Sending:
    command = {"type": "CancelOrder", "order": order.pk, "account": account.pk}
    return make_sending(
        command,
        command_id=new_id(),
        shard=order.market.shard,
        account_id=account.pk,
        user_id=account.owner_id,
    )
