"""Order sessions: orders that end with the connection they were placed over.

A process that holds connections keeps one row fresh (`beat`). When it dies, or is too late, the
book workers find that (sweeping.py) and end its sessions as if each connection had been closed. So
the promise needs a database and a book worker, without which nothing trades, and nothing else.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from core.db import run_after_commit
from core.errors import Code, Problem
from core.ids import new_id
from exchange.trading import inbox
from exchange.trading.lease import DatabaseTimeMs
from exchange.trading.models import InboxCommand, Order
from exchange.trading.order_sessions.models import OrderSession, SessionHost, SessionOrder
from exchange.trading.sending import Sending

# A process that has not said for so long that it lives counts as dead. It says so every second.
HOST_TTL_MS: Final = 5_000
_ROWS_AT_ONCE: Final = 500


def beat(*, host_id: int) -> bool:
    """Say that a process lives; False: it was taken for dead, and its sessions are over."""
    host = SessionHost.objects.filter(pk=host_id, expires_at_ms__gte=DatabaseTimeMs())
    return host.update(expires_at_ms=DatabaseTimeMs() + HOST_TTL_MS) == 1


def open_host() -> int:
    """Make a process known that may hold sessions; return its id."""
    return SessionHost.objects.create(pk=new_id(), expires_at_ms=DatabaseTimeMs() + HOST_TTL_MS).pk


def close_host(*, host_id: int) -> None:
    """Forget a process that ends. Its sessions end first."""
    end_connections(
        session_ids=OrderSession.objects.filter(host=host_id).values_list("pk", flat=True)
    )
    SessionHost.objects.filter(pk=host_id).delete()


def open_session(*, host_id: int, account_id: int, user_id: int | None) -> int:
    """Begin a session that does nothing yet; return its id."""
    return OrderSession.objects.create(
        pk=new_id(), host_id=host_id, account_id=account_id, user_id=user_id
    ).pk


def set_terms(
    *,
    session_id: int,
    cancels_on_disconnect: bool,
    dead_man_ms: int,
    placed: Iterable[tuple[int, int]] = (),
    take_over_id: int | None = None,
) -> int:
    """Say what a session does about its orders, all at once; return how many it took over.

    `placed` are orders, each with its shard, that were received without a session and belong to
    this one from now on. `take_over_id` is an earlier session of the account whose orders move to
    this one. Raises Problem SESSION_ENDED: this one or the earlier one is over, and its orders were
    cancelled.
    """
    with transaction.atomic():
        # In one order, so that two that take each other's never wait in a circle.
        found = {one.pk: one for one in _lock(sorted({session_id, take_over_id or session_id}))}
        session = found.get(session_id)
        if session is None or session.host_id is None:
            raise Problem(Code.SESSION_ENDED)
        session.cancels_on_disconnect, session.dead_man_ms = cancels_on_disconnect, dead_man_ms
        session.save(update_fields=["cancels_on_disconnect", "dead_man_ms"])
        if cancels_on_disconnect or dead_man_ms:
            _bind_earlier(session_id, placed)
        return _take_over(session, found, take_over_id) if take_over_id is not None else 0


def _take_over(session: OrderSession, found: Mapping[int, OrderSession], take_over_id: int) -> int:
    earlier = found.get(take_over_id)
    if earlier is None or earlier.account_id != session.account_id:
        raise Problem(Code.SESSION_ENDED)
    moved = earlier.orders.update(session=session) if earlier.pk != session.pk else 0
    if earlier.host_id is None:
        earlier.delete()
    return moved


def find_bindings(sendings: Sequence[Sending]) -> dict[int, SessionOrder]:
    """Return which of the orders that are sent end with a session, by their ids; not saved.

    One that takes the place of an order ends with the session of that. Asks the database where
    orders are replaced, and nothing else.
    """
    replaced = {one.command_id: _replaced_by(one) for one in sendings if one.kind == "ReplaceOrder"}
    earlier = SessionOrder.objects.in_bulk(list(replaced.values())) if replaced else {}
    found: dict[int, SessionOrder] = {}
    for one in sendings:
        old_id = replaced.get(one.command_id)
        old = None if old_id is None else found.get(old_id) or earlier.get(old_id)
        session_id = one.session_id if old is None else old.session_id
        if session_id is not None:
            found[one.command_id] = SessionOrder(
                order_id=one.command_id,
                session_id=session_id,
                shard=one.shard,
                on_disconnect=one.on_disconnect or (old is not None and old.on_disconnect),
            )
    return found


def bind(bindings: Sequence[SessionOrder]) -> None:
    """Have orders end with sessions. Requires the transaction that receives them."""
    SessionOrder.objects.bulk_create(bindings)


def end_connections(*, session_ids: Iterable[int]) -> None:
    """Do what sessions promised for the end of their connections, each in its own transaction."""
    for session_id in session_ids:
        with transaction.atomic():
            for session in _lock([session_id]):
                end_connection(session)


def end_connection(session: OrderSession) -> None:
    """Do what a session promised for the end of its connection; nothing where that has ended.

    Requires a transaction, the row locked.
    """
    if session.host_id is None:
        return
    _cancel(session, Q() if session.cancels_on_disconnect else Q(on_disconnect=True))
    if session.dead_man_ms and session.orders.exists():
        # Its client may come back in time and take the rest over.
        OrderSession.objects.filter(pk=session.pk).update(
            host=None, cancel_at_ms=DatabaseTimeMs() + session.dead_man_ms
        )
    else:
        session.orders.all().delete()
        session.delete()


def cancel_session_orders(*, session_id: int) -> int:
    """Ask for the end of every order of a session, which goes on; return of how many."""
    with transaction.atomic():
        return sum(_cancel(session, Q()) for session in _lock([session_id]))


def end_session(session: OrderSession) -> None:
    """Cancel what is left of a session, and forget it. Requires a transaction, the row locked."""
    _cancel(session, Q())
    session.delete()


def _replaced_by(sending: Sending) -> int:
    return int(json.loads(sending.payload)["order"])


def _bind_earlier(session_id: int, orders: Iterable[tuple[int, int]]) -> None:
    # Those that a session has already stay with it.
    SessionOrder.objects.bulk_create(
        (
            SessionOrder(order_id=order_id, session_id=session_id, shard=shard, on_disconnect=False)
            for order_id, shard in orders
        ),
        ignore_conflicts=True,
    )


def _lock(session_ids: Sequence[int]) -> list[OrderSession]:
    rows = OrderSession.objects.filter(pk__in=session_ids).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    return list(rows)


def _cancel(session: OrderSession, which: Q) -> int:
    """Put a cancel of each order that may be open into the inbox, behind the order itself."""
    rows = session.orders.filter(which)
    shards = dict(rows.values_list("order_id", "shard"))
    rows.delete()
    live = sorted(_that_may_be_open(list(shards)))
    inbox.put(
        [
            inbox.new_row(
                command_id=new_id(),
                shard=shards[order_id],
                command={"type": "CancelOrder", "order": order_id, "account": session.account_id},
                account_id=session.account_id,
                user_id=session.user_id,
            )
            for order_id in live
        ]
    )
    run_after_commit(inbox.nudge, {shards[order_id] for order_id in live})
    return len(live)


def _that_may_be_open(order_ids: Sequence[int]) -> Collection[int]:
    # The inbox first: an order moves from there to its row in one commit.
    live: set[int] = set()
    for start in range(0, len(order_ids), _ROWS_AT_ONCE):
        ids = order_ids[start : start + _ROWS_AT_ONCE]
        live.update(InboxCommand.objects.filter(pk__in=ids).values_list("pk", flat=True))
        open_rows = Order.objects.filter(pk__in=ids, open_quantity__gt=0)
        live.update(open_rows.values_list("pk", flat=True))
    return live
