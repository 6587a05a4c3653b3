"""Orders, trades and positions add up, and no trade is at a price worse than a limit."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, When

from core.merging import sums_by_key
from exchange.trading.models import (
    CommandKey,
    InboxCommand,
    Order,
    Outcome,
    Position,
    Trade,
)
from exchange.trading.proofs.streams import stream


def check_quantities() -> Iterator[str]:
    """Order quantities add up, and every order's fills are its trades (invariant 8)."""
    parts = sum(
        (F(f"{part}_quantity") for part in ("open", "cancelled", "expired", "voided")),
        start=F("filled_quantity"),
    )
    for pk in stream(Order.objects.exclude(quantity=parts).values_list("pk", flat=True)):
        yield f"order {pk}: quantities do not add up"
    orders = Order.objects.order_by("pk").values_list("pk", "filled_quantity", "notional_ticks")
    filled = ((pk, (quantity, ticks, 0, 0)) for pk, quantity, ticks in stream(orders))
    made, taken = _traded("maker_order"), _traded("taker_order")
    for pk, (quantity, ticks, trades, cost) in sums_by_key(filled, made, taken):
        if (quantity, ticks) != (trades, cost):
            yield f"order {pk}: {quantity} filled for {ticks} ticks, trades say {trades} for {cost}"


def _traded(order: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    rows = Trade.objects.exclude(**{order: None}).order_by(order).values_list(f"{order}_id")
    sums = rows.annotate(
        sum_quantity=Sum("quantity"), sum_ticks=Sum(F("quantity") * F("price_ticks"))
    )
    return ((pk, (0, 0, quantity, ticks)) for pk, quantity, ticks in stream(sums))


def check_positions() -> Iterator[str]:
    """Positions of a contract sum to nothing, and each is what its account traded.

    But for voided markets, where nobody holds anything any more.
    """
    rows: QuerySet[Any, Any] = Position.objects.values("contract_id").annotate(
        sum_quantity=Sum("quantity"), sum_cash=Sum("cash_ticks")
    )
    for row in stream(rows.filter(~Q(sum_quantity=0) | ~Q(sum_cash=0)).order_by()):
        held, paid = row["sum_quantity"], row["sum_cash"]
        yield f"contract {row['contract_id']}: {held} held, {paid} ticks paid"
    # By the columns: "contract" alone would mean the order in which a page shows contracts.
    held_now = Position.objects.exclude(market__status="voided").order_by(
        "account_id", "contract_id"
    )
    columns = held_now.values_list("account_id", "contract_id", "quantity", "cash_ticks")
    stored = ((tuple(key), (quantity, cash, 0, 0)) for *key, quantity, cash in stream(columns))
    bought_by_taker, sold_by_taker = _moved("taker", "buy"), _moved("maker", "sell")
    for key, (quantity, cash, moved, paid) in sums_by_key(stored, bought_by_taker, sold_by_taker):
        if (quantity, cash) != (moved, paid):
            yield (
                f"account {key[0]} in contract {key[1]}: holds {quantity} for {cash} ticks, "
                f"trades say {moved} for {paid}"
            )


def _moved(role: str, buys_when: str) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Iterate over what trades gave their makers or takers, by account and contract."""
    account = f"{role}_account"
    signed = Case(When(taker_side=buys_when, then=F("quantity")), default=-F("quantity"))
    rows = Trade.objects.exclude(market__status="voided").order_by(f"{account}_id", "contract_id")
    sums = rows.values_list(f"{account}_id", "contract_id").annotate(
        moved=Sum(signed), paid=Sum(-signed * F("price_ticks"))
    )
    return ((tuple(key), (0, 0, moved, paid)) for *key, moved, paid in stream(sums))


def check_prices() -> Iterator[str]:
    """No trade is at a price worse than the limit of either order (invariant 9)."""
    buys, sells = Q(taker_side="buy"), Q(taker_side="sell")
    worse = (
        (buys & Q(taker_order__price_ticks__lt=F("price_ticks")))
        | (buys & Q(maker_order__price_ticks__gt=F("price_ticks")))
        | (sells & Q(taker_order__price_ticks__gt=F("price_ticks")))
        | (sells & Q(maker_order__price_ticks__lt=F("price_ticks")))
    )
    rows = Trade.objects.filter(worse).values_list("pk", "price_ticks")
    for pk, price_ticks in stream(rows):
        yield f"trade {pk}: its price of {price_ticks} ticks is worse than a limit"


def check_received() -> Iterator[str]:
    """Each command waits or is judged, never both; a client's own id names one (invariant 7)."""
    waiting = InboxCommand.objects.filter(_is_judged("pk")).values_list("pk", flat=True)
    for pk in stream(waiting):
        yield f"command {pk}: is judged, and waits to be judged again"
    waits = Exists(InboxCommand.objects.filter(pk=OuterRef("command_id")))
    lost = CommandKey.objects.exclude(waits | _is_judged("command_id"))
    for key in stream(lost):
        yield f"command {key.command_id}: account {key.account_id} sent it, and it is nowhere"


def _is_judged(name: str) -> Q:
    order = Exists(Order.objects.filter(pk=OuterRef(name)))
    return Q(order) | Q(Exists(Outcome.objects.filter(pk=OuterRef(name))))
