"""Trades beside the book: crosses that two accounts agreed on, and trades that are taken back."""

from collections.abc import Callable
from typing import Final

from exchange.engine import funds
from exchange.engine.accounts import Account
from exchange.engine.admission import QUANTITY_MAX, reject_by_status
from exchange.engine.book import Book
from exchange.engine.commands import CrossTrade, VoidTrade
from exchange.engine.enums import MarketStatus, RejectReason, Side
from exchange.engine.events import CommandRejected, Event, TradeExecuted, TradeVoided
from exchange.engine.funds import Refusal
from exchange.engine.market import Market
from exchange.engine.position import Position
from exchange.engine.state import State

Rule = Callable[[Account, int], Refusal | None]
_CROSS_RULES: Final[tuple[Rule, ...]] = (
    funds.lack_of_funds,
    funds.exposure_limit,
    funds.loss_limit,
)
# What is taken back was the exchange's to decide, so limits of the account do not forbid it.
_VOID_RULES: Final[tuple[Rule, ...]] = (funds.lack_of_funds,)


def cross_trade(state: State, command: CrossTrade) -> list[Event]:
    """Return TradeExecuted, or CommandRejected; docs/engine.md has the reasons. O(outcomes)."""
    market = state.market_of.get(command.contract)
    if market is None:
        return [CommandRejected(None, None, "CrossTrade", RejectReason.UNKNOWN_CONTRACT)]
    reason = _reason_not_to_cross(state, market, command)
    if reason is not None:
        return [_refused(state, market, "CrossTrade", reason, _suspended(state, command, reason))]
    book = market.books[command.contract]
    both = (command.buyer, command.seller)
    refused = _move_both(state, book, both, command.quantity, command.price_ticks, _CROSS_RULES)
    if refused is not None:
        return [_refused(state, market, "CrossTrade", *refused)]
    number, state.next_trade = state.next_trade, state.next_trade + 1
    event = TradeExecuted(
        state.next_seq(market),
        market.market,
        number,
        "cross",
        command.contract,
        command.price_ticks,
        command.quantity,
        None,
        None,
        command.buyer,
        command.seller,
        Side.BUY,
        0,
        0,
    )
    if state.keeps_trades:
        market.trades[number] = event
    return [event]


def void_trade(state: State, command: VoidTrade) -> list[Event]:
    """Return TradeVoided, or CommandRejected; docs/engine.md has the reasons. O(markets)."""
    market = next((one for one in state.markets.values() if command.trade in one.trades), None)
    if market is None:
        return [CommandRejected(None, None, "VoidTrade", RejectReason.UNKNOWN_TRADE)]
    if command.valid_until is not None and command.valid_until < state.time_ms:
        return [_refused(state, market, "VoidTrade", RejectReason.TOO_LATE)]
    trade = market.trades[command.trade]
    buyer, seller = trade.maker_account, trade.taker_account
    if trade.maker_side == "sell":
        buyer, seller = seller, buyer
    book = market.books[trade.contract]
    both = (buyer, seller)
    refused = _move_both(state, book, both, -trade.quantity, trade.price_ticks, _VOID_RULES)
    if refused is not None:
        return [_refused(state, market, "VoidTrade", *refused)]
    _forget(state, market, trade)
    return [
        TradeVoided(
            state.next_seq(market),
            market.market,
            trade.trade,
            trade.contract,
            trade.price_ticks,
            trade.quantity,
            trade.maker_order,
            trade.taker_order,
            buyer,
            seller,
        )
    ]


def _reason_not_to_cross(  # noqa: PLR0911 -- one return for each reason, in order
    state: State, market: Market, command: CrossTrade
) -> RejectReason | None:
    if command.valid_until is not None and command.valid_until < state.time_ms:
        return RejectReason.TOO_LATE
    if market.status is not MarketStatus.OPEN:
        return reject_by_status[market.status]
    if not 0 < command.price_ticks < market.payout_ticks:
        return RejectReason.INVALID_PRICE
    if not market.grid.has(command.price_ticks):
        return RejectReason.PRICE_OFF_TICK
    if not 0 < command.quantity <= QUANTITY_MAX:
        return RejectReason.INVALID_QUANTITY
    if command.buyer == command.seller:
        return RejectReason.SELF_TRADE
    if any(state.account(one).suspended for one in (command.buyer, command.seller)):
        return RejectReason.ACCOUNT_SUSPENDED
    return None


def _suspended(state: State, command: CrossTrade, reason: RejectReason) -> int | None:
    """Return whose suspension it was."""
    if reason is not RejectReason.ACCOUNT_SUSPENDED:
        return None
    return command.buyer if state.account(command.buyer).suspended else command.seller


def _move_both(  # noqa: PLR0917 -- the terms of a trade
    state: State,
    book: Book,
    accounts: tuple[int, int],
    quantity: int,
    price_ticks: int,
    rules: tuple[Rule, ...],
) -> tuple[Refusal, int] | None:
    """Let a buyer and a seller trade, or neither; return why not, and whose money was missing.

    A quantity below 0 takes a trade back. Each rule is asked of the buyer, then of the seller.
    """
    # One position, where an operator's account has traded with itself.
    found = {account: state.position_of(book, account) for account in dict.fromkeys(accounts)}
    positions = [found[account] for account in accounts]
    before = []
    for position in positions:
        position.owner.refresh()
        before.append(position.portfolio.exposure_ticks)
        if not position.is_known:
            funds.join(state, book, position)
    _fill_both(state, book, positions, quantity, price_ticks)
    needed = [
        (position, position.portfolio.worst_loss_ticks() - exposure_ticks)
        for position, exposure_ticks in zip(positions, before, strict=True)
    ]
    refused = next(
        (
            (refusal, position.account)
            for rule in rules
            for position, needed_ticks in needed
            if (refusal := rule(position.owner, needed_ticks)) is not None
        ),
        None,
    )
    if refused is not None:
        _fill_both(state, book, positions, -quantity, price_ticks)
    for position in positions:
        position.owner.refresh()
    return refused


def _fill_both(
    state: State, book: Book, positions: list[Position], quantity: int, price_ticks: int
) -> None:
    for side, position in zip((book.bids, book.asks), positions, strict=True):
        funds.fill(state, side, position, quantity, 0, quantity * price_ticks)


def _forget(state: State, market: Market, trade: TradeExecuted) -> None:
    """Let a trade be one that cannot be voided again."""
    del market.trades[trade.trade]
    if state.undo is not None:
        state.undo.add_step(market.trades.__setitem__, trade.trade, trade)


def _refused(
    state: State,
    market: Market,
    command: str,
    reason: RejectReason | Refusal,
    account: int | None = None,
) -> CommandRejected:
    seq = state.next_seq(market)
    if isinstance(reason, Refusal):
        return CommandRejected(
            seq, market.market, command, reason.reason, None, account, *reason[1:]
        )
    return CommandRejected(seq, market.market, command, reason, None, account)
