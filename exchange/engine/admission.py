"""May this order be placed? The checks of PlaceOrder but for the money, in their order."""

from typing import Final

from exchange.engine import groups
from exchange.engine.accounts import Account, Limits
from exchange.engine.book import Book
from exchange.engine.commands import PlaceOrder
from exchange.engine.enums import MarketStatus, RejectReason
from exchange.engine.living import orders_of
from exchange.engine.market import Market
from exchange.engine.state import State
from exchange.engine.terms import Terms

QUANTITY_MAX: Final = 1_000_000_000

reject_by_status: Final = {
    MarketStatus.OPEN: RejectReason.MARKET_OPEN,
    MarketStatus.HALTED: RejectReason.MARKET_HALTED,
    MarketStatus.AUCTION: RejectReason.MARKET_IN_AUCTION,
    MarketStatus.CLOSED: RejectReason.MARKET_CLOSED,
    MarketStatus.SETTLED: RejectReason.MARKET_SETTLED,
    MarketStatus.VOIDED: RejectReason.MARKET_VOIDED,
}
_OPEN: Final = MarketStatus.OPEN


def reason_to_reject(  # noqa: C901, PLR0911 -- one return for each reason, in order
    state: State, market: Market, account: Account, command: PlaceOrder
) -> RejectReason | None:
    """Return the first reason in order of precedence that can be told before the money, or None.

    What depends on the book and the position is asked by `reason_of_book` afterwards.
    """
    if command.order in state.orders:
        return RejectReason.DUPLICATE_ORDER
    if command.valid_until is not None and command.valid_until < state.time_ms:
        return RejectReason.TOO_LATE
    terms = command.terms
    if market.status is not _OPEN and not _is_collected(market, terms):
        return reject_by_status[market.status]
    if not terms.is_plain and terms.contradict():
        return RejectReason.INVALID_TERMS
    reason = reason_of_price(market, command.price_ticks, terms)
    if reason is not None:
        return reason
    if not 0 < command.quantity <= QUANTITY_MAX:
        return RejectReason.INVALID_QUANTITY
    if not terms.is_plain:
        reason = _reason_of_terms(state, command)
        if reason is not None:
            return reason
    if account.suspended:
        return RejectReason.ACCOUNT_SUSPENDED
    if terms.group is not None and groups.has_tripped(state, command.account, terms.group):
        return RejectReason.GROUP_TRIPPED
    if account.limits is not None and _has_too_many(state, account, account.limits, terms):
        return RejectReason.TOO_MANY_ORDERS
    return None


def reason_of_price(market: Market, price_ticks: int | None, terms: Terms) -> RejectReason | None:
    """Return what is wrong with the prices of an order."""
    if price_ticks is None:
        if terms.kind != "market":
            return RejectReason.INVALID_PRICE
    elif not 0 < price_ticks < market.payout_ticks:
        return RejectReason.INVALID_PRICE
    else:
        step_ticks = market.grid.uniform_step_ticks
        if price_ticks % step_ticks if step_ticks else not market.grid.has(price_ticks):
            return RejectReason.PRICE_OFF_TICK
    stop_ticks = terms.stop_ticks
    if stop_ticks is not None and not (
        0 < stop_ticks < market.payout_ticks and market.grid.has(stop_ticks)
    ):
        return RejectReason.INVALID_STOP_PRICE
    return None


def is_outside_collar(book: Book, is_buy: bool, price_ticks: int) -> bool:  # noqa: FBT001 -- the side
    """Whether a price reaches further beyond the last one than the market's collar allows."""
    market, last_ticks = book.market, book.last_price_ticks
    if market.collar_ticks is None or last_ticks is None or market.status is not _OPEN:
        return False
    beyond_ticks = price_ticks - last_ticks if is_buy else last_ticks - price_ticks
    return beyond_ticks > market.collar_ticks


def _is_collected(market: Market, terms: Terms) -> bool:
    """Whether the market is in an auction and the order one that it takes."""
    return (
        market.status is MarketStatus.AUCTION
        and terms.kind == "limit"
        and terms.may_rest
        and not terms.post_only
        and terms.min_quantity is None
    )


def _reason_of_terms(state: State, command: PlaceOrder) -> RejectReason | None:
    """Return what is wrong with the numbers among an order's terms."""
    terms = command.terms
    if terms.min_quantity is not None and not 0 < terms.min_quantity <= command.quantity:
        return RejectReason.INVALID_MIN_QUANTITY
    if terms.max_cost_ticks is not None and terms.max_cost_ticks < 1:
        return RejectReason.INVALID_MAX_COST
    if terms.expires_at is not None and terms.expires_at <= state.time_ms:
        return RejectReason.INVALID_EXPIRY
    return None


def _has_too_many(state: State, account: Account, limits: Limits, terms: Terms) -> bool:
    if limits.max_open_orders is None or not (terms.may_rest or terms.waits):
        return False
    left = limits.max_open_orders - limits.open_orders_elsewhere
    return len(orders_of(state, account)) >= left
