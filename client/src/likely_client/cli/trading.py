"""Commands that trade."""

import argparse
from typing import Any

from likely_client.blocking import Client
from likely_client.cli.output import console, errors, money, show_json, text_of
from likely_client.errors import ConflictError
from likely_client.models import Order


def buy(client: Client, asked: argparse.Namespace) -> None:
    """Buy an outcome."""
    _trade(client, asked, "buy")


def sell(client: Client, asked: argparse.Namespace) -> None:
    """Sell an outcome."""
    _trade(client, asked, "sell")


def cancel(client: Client, asked: argparse.Namespace) -> int:
    """Cancel orders by their ids, or all of them; 1 where one was not open any more."""
    if asked.all:
        count = client.cancel_all(market=asked.market)
        if asked.json:
            show_json({"cancelled": count})
        else:
            console.print(f"{count} orders cancelled.")
        return 0
    failed = 0
    for order in asked.orders:
        try:
            _say(client.cancel(order), as_json=asked.json)
        except ConflictError as error:
            failed = 1
            errors.print(f"{order}: {error}", style="red", markup=False)
    return failed


def reduce(client: Client, asked: argparse.Namespace) -> None:
    """Make an order smaller; it keeps its place in the queue."""
    _say(client.reduce(asked.order, by=asked.by), as_json=asked.json)


def replace(client: Client, asked: argparse.Namespace) -> None:
    """Give an order another price or quantity."""
    changes = {"price": asked.price, "quantity": asked.quantity}
    _say(client.replace(asked.order, **changes), as_json=asked.json)


def _trade(client: Client, asked: argparse.Namespace, side: Any) -> None:
    terms: dict[str, Any] = {"price": asked.price, "quantity": asked.quantity}
    names = ("time_in_force", "client_order_id", "post_only", "reduce_only", "type", "stop_price")
    terms |= {name: getattr(asked, name) for name in names if getattr(asked, name)}
    if asked.price is None:
        terms.setdefault("type", "market")
    if asked.dry_run:
        preview = client.preview(asked.market, asked.outcome, side, **terms)
        if asked.json:
            show_json(preview)
        else:
            console.print(f"Holds {money(preview.cost)}. {preview.explanation}", markup=False)
        return
    trade = client.buy if side == "buy" else client.sell
    _say(trade(asked.market, asked.outcome, **terms), as_json=asked.json)


def _say(order: Order, *, as_json: bool) -> None:
    if as_json:
        show_json(order)
        return
    line = [order.id, text_of(order.side), f"{order.quantity} {order.contract_name}"]
    if order.price is not None:
        line += ["at", text_of(order.price)]
    console.print(*line, f"- {order.status.replace('_', ' ')},", _filled(order), sep=" ")


def _filled(order: Order) -> str:
    if not order.filled_quantity or order.average_price is None:
        return "nothing filled"
    return f"{order.filled_quantity} filled at {money(order.average_price)}"
