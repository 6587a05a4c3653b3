"""A state as lines of bytes, and back: what a digest is made of and a snapshot is written in.

    ["engine",1,payout,unlimited,keeps_trades]            the header, with the version
    ["state",next_trade,time_ms]
    ["market",id,status,seq,payout,step,bands,collar,other,contracts,auction_ends_at]
    ["contract",id,last_price]                            then its orders, by priority, stops last
    ["order",id,account,contract,side,price,quantity,open,seq,{terms that are not the usual ones}]
    ["position",market,account,cash,quantities]           unless it is flat
    ["group",account,group,limit_quantity,window_ms,tripped,fills within the window]
    ["account",id,available,suspended,limits or null]
    ["trade",{as in an event}]
    ["end","sha256 of all lines before"]

Prices and money are in ticks. From "state" to "group" it is canonical: equal states give equal
lines. What follows are facts of the accounts and trades that may still be voided.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple
from typing import Any, Final, cast

from exchange.engine import events, funds
from exchange.engine.accounts import Group, Limits
from exchange.engine.book import Book, BookSide, Order
from exchange.engine.enums import MarketStatus, Side
from exchange.engine.grid import Grid
from exchange.engine.market import Market
from exchange.engine.state import RANK_AUCTION, State
from exchange.engine.terms import PLAIN, Terms, encode_terms

VERSION: Final = 1

_encode: Final = json.JSONEncoder(separators=(",", ":")).encode
_over: Final = (MarketStatus.SETTLED, MarketStatus.VOIDED)


class SnapshotError(Exception):
    """Bytes that are no snapshot of this version, or were changed since."""


def state_lines(state: State) -> Iterator[bytes]:
    """Iterate over the canonical lines: all that decides how the engine goes on, but the facts."""
    yield _line("state", state.next_trade, state.time_ms)
    for _, market in sorted(state.markets.items()):
        yield from _market_lines(market)
    for _, group in sorted(state.groups.items()):
        yield _line(
            "group",
            group.account,
            group.group,
            group.limit_quantity,
            group.window_ms,
            group.tripped,
            group.fills_within(state.time_ms),
        )


def dump(state: State) -> bytes:
    """Return the whole state. Linear in it, and in the accounts that were ever funded."""
    settings = (VERSION, state.payout_ticks, state.unlimited_funds, state.keeps_trades)
    lines = [_line("engine", *settings), *state_lines(state), *_fact_lines(state)]
    body = b"".join(lines)
    return body + _line("end", hashlib.sha256(body).hexdigest())


def load(data: bytes) -> State:
    """Return the state that `dump` gave the bytes of. Raises SnapshotError for anything else."""
    body, _, end = data[:-1].rpartition(b"\n")
    body += b"\n"
    if data[-1:] != b"\n" or end + b"\n" != _line("end", hashlib.sha256(body).hexdigest()):
        raise SnapshotError("the snapshot is damaged or not whole")
    lines = (json.loads(line) for line in body.splitlines())
    tag, version, payout_ticks, unlimited_funds, keeps_trades = next(lines)
    if (tag, version) != ("engine", VERSION):
        raise SnapshotError(f"the snapshot is of version {version!r}, not {VERSION}")
    state = State(
        payout_ticks=payout_ticks,
        unlimited_funds=unlimited_funds,
        next_trade=1,
        keeps_trades=keeps_trades,
    )
    for tag, *values in lines:
        _loaders[tag](state, *values)
    return state


def _line(*values: Any) -> bytes:
    return f"{_encode(values)}\n".encode()


def _market_lines(market: Market) -> Iterator[bytes]:
    yield _line(
        "market",
        market.market,
        market.status,
        market.seq,
        market.payout_ticks,
        market.grid.step_ticks,
        market.grid.bands,
        market.collar_ticks,
        market.other,
        market.contracts,
        market.auction_ends_at,
    )
    for book in market.books.values():
        yield _line("contract", book.contract, book.last_price_ticks)
        yield from (_order_line(book, order) for order in book.orders())
    for account, portfolio in sorted(market.portfolios.items()):
        cash_ticks = portfolio.cash_ticks()
        quantities = portfolio.quantities(len(market.contracts))
        if cash_ticks or any(quantities):
            yield _line("position", market.market, account, cash_ticks, quantities)


def _order_line(book: Book, order: Order) -> bytes:
    return _line(
        "order",
        order.order,
        order.position.account,
        book.contract,
        order.side.side,
        order.price_ticks,
        order.quantity,
        order.open_quantity,
        order.seq,
        encode_terms(order.terms) if order.terms is not PLAIN else {},
    )


def _fact_lines(state: State) -> Iterator[bytes]:
    state.refresh()
    for number, account in sorted(state.accounts.items()):
        if account.is_known:
            limits = account.limits
            numbers = None if limits is None else astuple(limits)
            yield _line("account", number, account.available_ticks, account.suspended, numbers)
    for _, market in sorted(state.markets.items()):
        yield from (_line("trade", events.encode(trade)) for trade in market.trades.values())


def _load_state(state: State, next_trade: int, time_ms: int) -> None:
    state.next_trade, state.time_ms = next_trade, time_ms


def _load_market(  # noqa: PLR0917 -- the values of its line
    state: State,
    number: int,
    status: str,
    seq: int,
    payout_ticks: int,
    step_ticks: int,
    bands: list[list[int]],
    collar_ticks: int | None,
    other: bool,  # noqa: FBT001 -- as in OpenMarket
    contracts: list[int],
    auction_ends_at: int | None,
) -> None:
    grid = Grid(payout_ticks, step_ticks, tuple((start, step) for start, step in bands))
    market = Market(number, tuple(contracts), other, grid, collar_ticks)
    add_restored(state, market, MarketStatus(status), seq, auction_ends_at)


def add_restored(
    state: State, market: Market, status: MarketStatus, seq: int, auction_ends_at: int | None
) -> None:
    """Make a market known as it was left; one that is over has no books."""
    market.set_status(status, auction_ends_at)
    market.seq = seq
    state.add_market(market)
    if auction_ends_at is not None:
        state.due.add((auction_ends_at, RANK_AUCTION, market.market))
    if status in _over:
        funds.drop_contents(state, market)


def _load_contract(state: State, contract: int, last_price_ticks: int | None) -> None:
    state.market_of[contract].books[contract].last_price_ticks = last_price_ticks


def _load_order(  # noqa: PLR0917 -- the values of its line
    state: State,
    order: int,
    account: int,
    contract: int,
    side: str,
    price_ticks: int,
    quantity: int,
    open_quantity: int,
    seq: int,
    terms: dict[str, Any],
) -> None:
    book_side = state.market_of[contract].books[contract].side(Side(side))
    restored = Terms(**terms) if terms else PLAIN
    numbers = (price_ticks, quantity, open_quantity, seq)
    restore_order(state, order, account, book_side, *numbers, restored)


def restore_order(  # noqa: PLR0917 -- the values of an order
    state: State,
    order: int,
    account: int,
    side: BookSide,
    price_ticks: int,
    quantity: int,
    open_quantity: int,
    seq: int,
    terms: Terms,
) -> None:
    """Put an order back behind those of its price restored before it; funds stay as they are."""
    position, level = state.position_of(side.book, account), side.level_at(price_ticks)
    restored = Order(order, position, level, quantity, open_quantity, seq, terms)
    funds.restore_order(state, restored)


def _load_position(
    state: State, market: int, account: int, cash_ticks: int, quantities: list[int]
) -> None:
    found = state.markets[market]
    by_contract = dict(zip(found.contracts, quantities, strict=True))
    funds.restore_holding(state, found, account, cash_ticks, by_contract)


def _load_group(  # noqa: PLR0917 -- the values of its line
    state: State,
    account: int,
    number: int,
    limit_quantity: int,
    window_ms: int,
    tripped: bool,  # noqa: FBT001 -- a value
    fills: list[list[int]],
) -> None:
    group = Group(account, number, limit_quantity, window_ms)
    group.tripped = tripped
    group.fills = tuple((time_ms, quantity) for time_ms, quantity in fills)
    state.groups[account, number] = group


def _load_account(
    state: State,
    number: int,
    available_ticks: int,
    suspended: bool,  # noqa: FBT001 -- a value
    numbers: list[int | None] | None,
) -> None:
    account = state.account(number)
    state.know(account)
    limits = None if numbers is None else Limits(*cast(list[Any], numbers))
    account.set_facts(available_ticks, limits, suspended=suspended)


def _load_trade(state: State, members: dict[str, Any]) -> None:
    trade = events.decode(members)
    assert isinstance(trade, events.TradeExecuted)
    state.markets[trade.market].trades[trade.trade] = trade


_loaders: Final[Mapping[str, Callable[..., None]]] = {
    "state": _load_state,
    "market": _load_market,
    "contract": _load_contract,
    "order": _load_order,
    "position": _load_position,
    "group": _load_group,
    "account": _load_account,
    "trade": _load_trade,
}
