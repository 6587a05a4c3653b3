"""Orders of several members at once, through the inbox, without waiting for the answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from core.ids import new_id
from exchange.ledger.models import Account
from exchange.trading import inbox, keys
from exchange.trading.door import check_order
from exchange.trading.gateway import body_hash, place_order_command
from exchange.trading.models import InboxCommand
from exchange.trading.requests import OrderRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOrder:
    """An order and who places it; it must have a client_order_id."""

    account: Account
    user: User
    order: OrderRequest


def submit_orders(*, orders: Sequence[BulkOrder]) -> list[int]:
    """Put orders into the inbox, in their order; return the ids of those that are new.

    All or none, in a transaction of its own. One whose client_order_id was used before for the
    same order is left out, so this may be repeated. Raises the Problems of `place_order`.
    """
    with transaction.atomic():
        rows = [row for row in map(_claimed_row, orders) if row is not None]
        inbox.put(rows)
    inbox.nudge(row.shard for row in rows)
    return [row.pk for row in rows]


def count_waiting(command_ids: Sequence[int]) -> int:
    """Return how many of the commands are not judged yet."""
    return InboxCommand.objects.filter(pk__in=command_ids).count()


def _claimed_row(item: BulkOrder) -> InboxCommand | None:
    """Return an order's inbox row, not saved; None where it was received before."""
    order = item.order
    assert order.client_order_id, "an order without an id of its own would be placed twice"
    market = order.contract.market
    check_order(market, price_ticks=order.price_ticks, quantity=order.quantity)
    order_id = new_id()
    command = place_order_command(order, order_id=order_id, account_id=item.account.pk)
    earlier = keys.claim(
        account_id=item.account.pk,
        client_order_id=order.client_order_id,
        body_hash=body_hash(command),
        command_id=order_id,
    )
    if earlier is not None:
        return None
    return inbox.new_row(
        command_id=order_id,
        shard=market.shard,
        command=command,
        account_id=item.account.pk,
        user_id=item.user.pk,
    )
