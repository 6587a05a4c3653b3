"""Opening, halting, closing, settling and voiding markets, and funding accounts.

One table says which status a command may start from. The event of the market itself always comes
last, after the cancels and settlements that the command caused.
"""

from collections.abc import Mapping
from typing import Final

from exchange.engine.amending import cancel
from exchange.engine.commands import (
    CloseMarket,
    Fund,
    HaltMarket,
    OpenMarket,
    ResumeMarket,
    SettleMarket,
    VoidMarket,
)
from exchange.engine.enums import CancelReason, MarketStatus, RejectReason
from exchange.engine.events import (
    AccountSettled,
    CommandRejected,
    Event,
    MarketClosed,
    MarketHalted,
    MarketOpened,
    MarketResumed,
    MarketSettled,
    MarketVoided,
)
from exchange.engine.market import Market
from exchange.engine.placing import reject_by_status
from exchange.engine.position import Position
from exchange.engine.state import State

MarketCommand = HaltMarket | ResumeMarket | CloseMarket | SettleMarket | VoidMarket

# Below 2 there is no price from 1 to payout - 1.
PAYOUT_TICKS_MIN: Final = 2

_live: Final = (MarketStatus.OPEN, MarketStatus.HALTED, MarketStatus.CLOSED)
allowed_from: Final[Mapping[type[MarketCommand], tuple[MarketStatus, ...]]] = {
    HaltMarket: (MarketStatus.OPEN,),
    ResumeMarket: (MarketStatus.HALTED,),
    CloseMarket: (MarketStatus.OPEN, MarketStatus.HALTED),
    SettleMarket: _live,
    VoidMarket: _live,
}


def fund(state: State, command: Fund) -> list[Event]:
    """Add to what an account has available; returns no event, or CommandRejected."""
    if command.amount_ticks <= 0:
        return [CommandRejected(None, None, "Fund", RejectReason.INVALID_AMOUNT)]
    state.credit(command.account, command.amount_ticks)
    return []


def open_market(state: State, command: OpenMarket) -> list[Event]:
    """Return MarketOpened or CommandRejected."""
    payout_ticks = command.payout_ticks
    if payout_ticks is None:
        payout_ticks = state.payout_ticks
    existing = state.markets.get(command.market)
    reason = _reason_not_to_open(state, command, payout_ticks)
    if reason is not None:
        seq = None if existing is None else state.next_seq(existing)
        return [CommandRejected(seq, command.market, "OpenMarket", reason)]
    market = Market(
        command.market, command.contracts, command.other, payout_ticks, command.price_step_ticks
    )
    state.add_market(market)
    return [MarketOpened(state.next_seq(market), market.market)]


def halt_market(state: State, command: HaltMarket) -> list[Event]:
    """Return MarketHalted or CommandRejected; open orders stay."""
    market = _market_to_change(state, command)
    if isinstance(market, CommandRejected):
        return [market]
    state.set_status(market, MarketStatus.HALTED)
    return [MarketHalted(state.next_seq(market), market.market)]


def resume_market(state: State, command: ResumeMarket) -> list[Event]:
    """Return MarketResumed or CommandRejected."""
    assert not command.auction, "auctions are refused by commands.decode"
    market = _market_to_change(state, command)
    if isinstance(market, CommandRejected):
        return [market]
    state.set_status(market, MarketStatus.OPEN)
    return [MarketResumed(state.next_seq(market), market.market)]


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
    for account, position in sorted(market.positions.items()):
        amount_ticks = _settlement_ticks(market, position, command.winner)
        assert amount_ticks + position.exposure_ticks >= 0, "a loss was larger than its exposure"
        if amount_ticks:
            state.credit(account, amount_ticks)
            seq = state.next_seq(market)
            events.append(AccountSettled(seq, account, market.market, amount_ticks))
    state.drop_contents(market)
    state.set_status(market, MarketStatus.SETTLED)
    events.append(MarketSettled(state.next_seq(market), market.market, command.winner))
    return events


def void_market(state: State, command: VoidMarket) -> list[Event]:
    """Return the cancels of all open orders and MarketVoided, or CommandRejected."""
    market = _market_to_change(state, command)
    if isinstance(market, CommandRejected):
        return [market]
    events = _cancel_all(state, market, CancelReason.MARKET_VOIDED)
    state.drop_contents(market)
    state.set_status(market, MarketStatus.VOIDED)
    events.append(MarketVoided(state.next_seq(market), market.market))
    return events


def _reason_not_to_open(
    state: State, command: OpenMarket, payout_ticks: int
) -> RejectReason | None:
    contracts = command.contracts
    if command.market in state.markets:
        return RejectReason.MARKET_EXISTS
    if not contracts or len(set(contracts)) != len(contracts):
        return RejectReason.INVALID_CONTRACTS
    if not state.market_of.keys().isdisjoint(contracts):
        return RejectReason.CONTRACT_EXISTS
    if payout_ticks < PAYOUT_TICKS_MIN:
        return RejectReason.INVALID_PAYOUT
    if not 0 < command.price_step_ticks < payout_ticks:
        return RejectReason.INVALID_PRICE_STEP
    return None


def _market_to_change(state: State, command: MarketCommand) -> Market | CommandRejected:
    """Return the market when the command may change it now."""
    name = type(command).__name__
    market = state.markets.get(command.market)
    if market is None:
        return CommandRejected(None, command.market, name, RejectReason.UNKNOWN_MARKET)
    reason = _reason_not_to_change(market, command)
    if reason is None:
        return market
    return CommandRejected(state.next_seq(market), market.market, name, reason)


def _reason_not_to_change(market: Market, command: MarketCommand) -> RejectReason | None:
    if market.status not in allowed_from[type(command)]:
        return reject_by_status.get(market.status, RejectReason.MARKET_OPEN)
    if isinstance(command, SettleMarket) and not _can_win(market, command.winner):
        return RejectReason.INVALID_WINNER
    return None


def _can_win(market: Market, winner: int | None) -> bool:
    return market.other if winner is None else winner in market.books


def _settlement_ticks(market: Market, position: Position, winner: int | None) -> int:
    if winner is None:
        return position.cash_ticks
    quantity = position.quantities[market.books[winner].outcome]
    return position.cash_ticks + quantity * market.payout_ticks


def _cancel_all(state: State, market: Market, reason: CancelReason) -> list[Event]:
    """Cancel every open order: by contract as the market lists them, buys first, by priority."""
    orders = [order for book in market.books.values() for order in book.orders()]
    return [cancel(state, order, reason) for order in orders]
