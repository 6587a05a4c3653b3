"""Opening, halting, resuming, closing, settling and voiding markets.

One table says which status a command may start from. The event of the market itself always comes
last, after the cancels, trades and settlements that the command caused.
"""

from collections.abc import Mapping
from typing import Final

from exchange.engine import auction, funds, leaving
from exchange.engine.admission import reject_by_status
from exchange.engine.commands import (
    CloseMarket,
    HaltMarket,
    OpenMarket,
    ResumeMarket,
    SettleMarket,
    VoidMarket,
)
from exchange.engine.enums import CancelReason, MarketStatus, RejectReason
from exchange.engine.events import (
    AccountSettled,
    AuctionStarted,
    CommandRejected,
    Event,
    MarketClosed,
    MarketHalted,
    MarketOpened,
    MarketSettled,
    MarketVoided,
)
from exchange.engine.grid import Grid
from exchange.engine.market import Market
from exchange.engine.position import Portfolio
from exchange.engine.state import State

MarketCommand = HaltMarket | ResumeMarket | CloseMarket | SettleMarket | VoidMarket

# Below 2 there is no price from 1 to payout - 1.
PAYOUT_TICKS_MIN: Final = 2

_trading: Final = (MarketStatus.OPEN, MarketStatus.HALTED, MarketStatus.AUCTION)
_live: Final = (*_trading, MarketStatus.CLOSED)
allowed_from: Final[Mapping[type[MarketCommand], tuple[MarketStatus, ...]]] = {
    HaltMarket: (MarketStatus.OPEN, MarketStatus.AUCTION),
    ResumeMarket: (MarketStatus.HALTED, MarketStatus.AUCTION),
    CloseMarket: _trading,
    SettleMarket: _live,
    VoidMarket: _live,
}


def open_market(state: State, command: OpenMarket) -> list[Event]:
    """Return MarketOpened or CommandRejected."""
    payout_ticks = command.payout_ticks
    if payout_ticks is None:
        payout_ticks = state.payout_ticks
    grid = Grid(payout_ticks, command.price_step_ticks, command.price_bands)
    reason = _reason_not_to_open(state, command, grid)
    if reason is not None:
        existing = state.markets.get(command.market)
        seq = None if existing is None else state.next_seq(existing)
        return [CommandRejected(seq, command.market, "OpenMarket", reason)]
    market = Market(command.market, command.contracts, command.other, grid, command.collar_ticks)
    state.add_market(market)
    return [MarketOpened(state.next_seq(market), market.market)]


def halt_market(state: State, command: HaltMarket) -> list[Event]:
    """Return the cancels of orders that end with a halt and MarketHalted, or CommandRejected."""
    market = _market_to_change(state, command)
    if isinstance(market, CommandRejected):
        return [market]
    leavers = [
        order
        for book in market.books.values()
        for order in book.orders()
        if order.terms.on_halt == "cancel"
    ]
    reason = CancelReason.MARKET_HALTED
    events: list[Event] = [leaving.cancel(state, order, reason) for order in leavers]
    state.set_status(market, MarketStatus.HALTED)
    events.append(MarketHalted(state.next_seq(market), market.market))
    return events


def resume_market(state: State, command: ResumeMarket) -> list[Event]:
    """Return AuctionStarted, or auction trades, MarketResumed and what follows; or a rejection."""
    market = _market_to_change(state, command)
    if isinstance(market, CommandRejected):
        return [market]
    if command.auction_ends_at is None:
        return auction.resume(state, market)
    state.set_status(market, MarketStatus.AUCTION, command.auction_ends_at)
    return [AuctionStarted(state.next_seq(market), market.market, command.auction_ends_at)]


def close_market(state: State, command: CloseMarket) -> list[Event]:
    """Return the cancels of all open orders and MarketClosed, or CommandRejected."""
    market = _market_to_change(state, command)
    if isinstance(market, CommandRejected):
        return [market]
    events = _cancel_all(state, market, CancelReason.MARKET_CLOSED)
    state.set_status(market, MarketStatus.CLOSED)
    events.append(MarketClosed(state.next_seq(market), market.market))
    return events


def settle_market(state: State, command: SettleMarket) -> list[Event]:
    """Return cancels, AccountSettled in order of account, MarketSettled; or CommandRejected.

    An account gets (or, below 0, pays) its cash + quantity of the winner x payout: never more than
    its exposure, which is released at the same time.
    """
    market = _market_to_change(state, command)
    if isinstance(market, CommandRejected):
        return [market]
    events = _cancel_all(state, market, CancelReason.MARKET_SETTLED)
    for account, portfolio in sorted(market.portfolios.items()):
        amount_ticks = _settlement_ticks(market, portfolio, command.winner)
        assert amount_ticks + portfolio.worst_loss_ticks() >= 0, (
            "a loss was larger than its exposure"
        )
        if amount_ticks:
            funds.pay(state, portfolio.owner, amount_ticks, -amount_ticks)
            seq = state.next_seq(market)
            events.append(AccountSettled(seq, account, market.market, amount_ticks))
    funds.drop_contents(state, market)
    state.set_status(market, MarketStatus.SETTLED)
    events.append(MarketSettled(state.next_seq(market), market.market, command.winner))
    return events


def void_market(state: State, command: VoidMarket) -> list[Event]:
    """Return the cancels of all open orders and MarketVoided, or CommandRejected."""
    market = _market_to_change(state, command)
    if isinstance(market, CommandRejected):
        return [market]
    events = _cancel_all(state, market, CancelReason.MARKET_VOIDED)
    funds.drop_contents(state, market)
    state.set_status(market, MarketStatus.VOIDED)
    events.append(MarketVoided(state.next_seq(market), market.market))
    return events


def _reason_not_to_open(  # noqa: PLR0911 -- one return for each reason, in order
    state: State, command: OpenMarket, grid: Grid
) -> RejectReason | None:
    contracts = command.contracts
    if command.valid_until is not None and command.valid_until < state.time_ms:
        return RejectReason.TOO_LATE
    if command.market in state.markets:
        return RejectReason.MARKET_EXISTS
    if not contracts or len(set(contracts)) != len(contracts):
        return RejectReason.INVALID_CONTRACTS
    if not state.market_of.keys().isdisjoint(contracts):
        return RejectReason.CONTRACT_EXISTS
    if grid.payout_ticks < PAYOUT_TICKS_MIN:
        return RejectReason.INVALID_PAYOUT
    if not grid.is_sound():
        return RejectReason.INVALID_PRICE_STEP
    if command.collar_ticks is not None and command.collar_ticks < 1:
        return RejectReason.INVALID_COLLAR
    return None


def _market_to_change(state: State, command: MarketCommand) -> Market | CommandRejected:
    """Return the market when the command may change it now."""
    name = type(command).__name__
    market = state.markets.get(command.market)
    if market is None:
        return CommandRejected(None, command.market, name, RejectReason.UNKNOWN_MARKET)
    reason = _reason_not_to_change(state, market, command)
    if reason is None:
        return market
    return CommandRejected(state.next_seq(market), market.market, name, reason)


def _reason_not_to_change(
    state: State, market: Market, command: MarketCommand
) -> RejectReason | None:
    if command.valid_until is not None and command.valid_until < state.time_ms:
        return RejectReason.TOO_LATE
    starts_auction = isinstance(command, ResumeMarket) and command.auction_ends_at is not None
    if market.status not in allowed_from[type(command)] or (
        starts_auction and market.status is MarketStatus.AUCTION
    ):
        return reject_by_status[market.status]
    if isinstance(command, SettleMarket) and not _can_win(market, command.winner):
        return RejectReason.INVALID_WINNER
    if isinstance(command, ResumeMarket) and _is_no_auction(state, command):
        return RejectReason.INVALID_AUCTION
    return None


def _is_no_auction(state: State, command: ResumeMarket) -> bool:
    """Whether an end is given to what is no auction, or one that is over before it begins."""
    ends_at = command.auction_ends_at
    return ends_at is not None and (not command.auction or ends_at <= state.time_ms)


def _can_win(market: Market, winner: int | None) -> bool:
    return market.other if winner is None else winner in market.books


def _settlement_ticks(market: Market, portfolio: Portfolio, winner: int | None) -> int:
    cash_ticks = portfolio.cash_ticks()
    if winner is None:
        return cash_ticks
    position = portfolio.positions.get(market.books[winner].outcome)
    return cash_ticks if position is None else cash_ticks + position.quantity * market.payout_ticks


def _cancel_all(state: State, market: Market, reason: CancelReason) -> list[Event]:
    """Cancel every living order, by contract as the market lists them."""
    return [
        event
        for book in market.books.values()
        for event in leaving.cancel_book(state, book, reason)
    ]
