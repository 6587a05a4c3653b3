"""What the command line prints: tables for people, JSON for programs."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from likely_client.models import Depth

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)
_BAR_CELLS = 16


class Column(NamedTuple):
    """A column of a table: its title, and what stands there for a row."""

    title: str
    cell: Callable[[Any], object]
    is_number: bool = False


def show(rows: Sequence[Any], columns: Sequence[Column], *, as_json: bool, empty: str) -> None:
    """Print rows as a table, or as one JSON array.

    Nothing is cut, so that names can be copied: what is too long goes on in the next line.
    """
    if as_json:
        show_json(list(rows))
        return
    if not rows:
        console.print(empty, style="dim")
        return
    lines = [[Text(column.title, style="dim") for column in columns]]
    lines += [[text_of(column.cell(row)) for column in columns] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    for line in lines:
        for cell, column, width in zip(line[:-1], columns, widths, strict=False):
            cell.align("right" if column.is_number else "left", width)
        console.print(Text("  ").join(line), soft_wrap=True)


def show_json(value: object) -> None:
    """Print something as one line of JSON; money as text, times as RFC 3339."""
    print(msgspec.json.encode(value).decode(), flush=True)  # noqa: T201 -- that is what it is for


def text_of(value: object) -> Text:
    """Return a cell's text; nothing in it is taken for markup."""
    if value is None:
        return Text("-", style="dim")
    if isinstance(value, Decimal):
        return Text(money(value))
    if isinstance(value, datetime):
        return Text(value.astimezone().strftime("%d %b %H:%M:%S"))
    text = str(value)
    return Text(text, style={"buy": "green", "sell": "red"}.get(text, ""))


def money(value: Decimal) -> str:
    """Return an amount or a price with two to four decimals."""
    whole = f"{value:,.4f}"
    return whole.removesuffix("00") if whole.endswith("00") else whole


def ladder(depth: Depth, title: str) -> Group:
    """Return a book as a table: asks above, bids below, the best ones in the middle."""
    table = Table(box=None, pad_edge=False)
    for name in ("", "price", "quantity"):
        table.add_column(name, justify="left" if not name else "right", header_style="dim")
    largest = max((level.quantity for side in depth for level in side), default=1)
    for levels, style in ((reversed(depth.asks), "red"), (iter(depth.bids), "green")):
        for level in levels:
            cells = max(1, round(_BAR_CELLS * level.quantity / largest))
            table.add_row(
                Text("█" * cells, style=style),
                Text(money(level.price), style=style),
                Text(f"{level.quantity:,}"),
            )
    if not (depth.asks or depth.bids):
        table.add_row(Text("nobody quotes", style="dim"), "", "")
    return Group(Text(title, style="bold"), table)
