"""Commands that look at markets and at one's account."""

import argparse
from decimal import Decimal
from operator import attrgetter
from pathlib import Path

from rich.live import Live

from likely_client.blocking import Client
from likely_client.cli.output import (
    Column,
    console,
    errors,
    ladder,
    money,
    show,
    show_json,
    text_of,
)
from likely_client.history import Replayed, replay
from likely_client.models import Fill, Market, Trade
from likely_client.replicas import Book

_TRADE = (
    Column("time", attrgetter("executed_at")),
    Column("outcome", attrgetter("contract_name")),
    Column("side", attrgetter("side")),
    Column("price", attrgetter("price"), is_number=True),
    Column("quantity", attrgetter("quantity"), is_number=True),
)


def markets(client: Client, asked: argparse.Namespace) -> None:
    """List open markets with what their outcomes trade at."""
    found = client.markets(
        q=asked.q, category=asked.category, sort=asked.sort, status=asked.status, limit=asked.limit
    )
    columns = (
        Column("price", _price, is_number=True),
        Column("traded", attrgetter("volume"), is_number=True),
        Column("status", attrgetter("status")),
        Column("market", attrgetter("slug")),
    )
    show(found, columns, as_json=asked.json, empty="No market fits.")


def search(client: Client, asked: argparse.Namespace) -> None:
    """Search everything."""
    columns = (
        Column("what", attrgetter("kind")),
        Column("price", attrgetter("price"), is_number=True),
        Column("name", lambda found: found.slug or found.title),
    )
    found = client.search(asked.text, limit=asked.limit)
    show(found, columns, as_json=asked.json, empty="Nothing is found.")


def book(client: Client, asked: argparse.Namespace) -> None:
    """Show a book; with --live until Ctrl-C."""
    if asked.live:
        with client.book(asked.market, asked.outcome) as replica:
            (_print_changes if asked.json else _draw)(replica, asked.levels)
        return
    depth = client.depth(asked.market, asked.outcome, asked.levels)
    if asked.json:
        show_json({"bids": depth.bids, "asks": depth.asks})
    else:
        console.print(ladder(depth, asked.market))


def _draw(replica: Book, levels: int) -> None:
    with Live(console=console, auto_refresh=False, transient=False) as screen:
        while True:
            state = f"seq {replica.seq}" if replica.is_live else "healing"
            title = f"{replica.market.title}  [{state}]"
            screen.update(ladder(replica.depth(levels), title), refresh=True)
            replica.changed(timeout_s=1)


def _print_changes(replica: Book, levels: int) -> None:
    while True:
        depth = replica.depth(levels)
        show_json({"seq": replica.seq, "bids": depth.bids, "asks": depth.asks})
        replica.changed()


def trades(client: Client, asked: argparse.Namespace) -> None:
    """List a market's trades."""
    found = client.trades(asked.market, asked.outcome, limit=asked.limit)
    show(found, _TRADE, as_json=asked.json, empty="Nobody has traded here yet.")


def watch(client: Client, asked: argparse.Namespace) -> None:
    """Print trades as they happen: a market's, or your own, until Ctrl-C."""
    if asked.market:
        for trade in client.trades_live(asked.market):
            _print_trade(trade, as_json=asked.json)
        return
    with client.account() as account:
        while True:
            for fill in account.new_fills():
                _print_trade(fill, as_json=asked.json)
            account.changed()


def _print_trade(trade: Trade | Fill, *, as_json: bool) -> None:
    if as_json:
        show_json(trade)
    else:
        market = f"{trade.market} " if isinstance(trade, Fill) else ""
        console.print(
            text_of(trade.executed_at), market + trade.contract_name, text_of(trade.side),
            trade.quantity, "at", text_of(trade.price),
        )  # fmt: skip


def orders(client: Client, asked: argparse.Namespace) -> None:
    """List your orders."""
    status = None if asked.status == "all" else asked.status
    columns = (
        Column("order", attrgetter("id")),
        Column("side", attrgetter("side")),
        Column("price", attrgetter("price"), is_number=True),
        Column("open", attrgetter("open_quantity"), is_number=True),
        Column("filled", attrgetter("filled_quantity"), is_number=True),
        Column("status", attrgetter("status")),
        Column("outcome", attrgetter("contract_name")),
        Column("market", attrgetter("market")),
    )
    found = client.orders(status=status, market=asked.market, limit=asked.limit)
    show(found, columns, as_json=asked.json, empty="You have no such orders.")


def positions(client: Client, asked: argparse.Namespace) -> None:
    """List what you hold."""
    columns = (
        Column("held", attrgetter("quantity"), is_number=True),
        Column("cash", attrgetter("cash"), is_number=True),
        Column("last price", attrgetter("last_price"), is_number=True),
        Column("outcome", attrgetter("contract_name")),
        Column("market", attrgetter("market")),
    )
    show(client.positions(), columns, as_json=asked.json, empty="You hold nothing.")


def fills(client: Client, asked: argparse.Namespace) -> None:
    """List your trades."""
    columns = (*_TRADE, Column("market", attrgetter("market")))
    found = client.fills(limit=asked.limit)
    show(found, columns, as_json=asked.json, empty="You have not traded yet.")


def balance(client: Client, asked: argparse.Namespace) -> None:
    """Show your money."""
    columns = tuple(
        Column(name, attrgetter(name), is_number=True)
        for name in ("balance", "exposure", "available")
    )
    if asked.json:
        show_json(client.balance())
    else:
        show([client.balance()], columns, as_json=False, empty="")


def export(client: Client, asked: argparse.Namespace) -> int:
    """Write your whole history to a file, and check that your money follows from it."""
    return _tell(client.download_history(asked.file), as_json=asked.json)


def check(_: Client, asked: argparse.Namespace) -> int:
    """Run a history that was written before again; 1 where something differs."""
    return _tell(replay(Path(asked.file)), as_json=asked.json)


def _tell(replayed: Replayed, *, as_json: bool) -> int:
    if as_json:
        show_json(replayed)
    else:
        counted = (
            f"{replayed.orders} orders, {replayed.fills} fills, {replayed.transfers} transfers"
        )
        console.print(f"{counted}: balance {money(replayed.balance)}", markup=False)
        console.print(f"digest {replayed.digest}")
        for line in replayed.wrong:
            errors.print(line, style="red", markup=False)
    return 1 if replayed.wrong else 0


def _price(market: Market) -> Decimal | str | None:
    if market.is_binary:
        return market.contracts[0].last_price
    return f"{len(market.contracts)} outcomes"
