"""PlaceOrder: check, hold the money, match at the makers' prices, rest or cancel what is left."""

from typing import Final

from exchange.engine.book import Order
from exchange.engine.commands import PlaceOrder, SelfTradePrevention
from exchange.engine.enums import CancelReason, MarketStatus, RejectReason
from exchange.engine.events import (
    Event,
    OrderAccepted,
    OrderCancelled,
    OrderRejected,
    TradeExecuted,
)
from exchange.engine.market import Market
from exchange.engine.state import State

_OPEN: Final = MarketStatus.OPEN
QUANTITY_MAX: Final = 1_000_000_000

reject_by_status: Final = {
    MarketStatus.HALTED: RejectReason.MARKET_HALTED,
    MarketStatus.CLOSED: RejectReason.MARKET_CLOSED,
    MarketStatus.SETTLED: RejectReason.MARKET_SETTLED,
    MarketStatus.VOIDED: RejectReason.MARKET_VOIDED,
}


def place_order(state: State, command: PlaceOrder) -> list[Event]:
    """Return OrderAccepted, the trades, and the cancel of what may not rest; or OrderRejected.

    The money is held for the full quantity at the limit price before anything matches, so no fill
    can need money. Each trade costs O(log levels) at most, placing O(outcomes + log levels).
    """
    market = state.market_of.get(command.contract)
    if market is None:
        return [_rejected(None, None, command, RejectReason.UNKNOWN_CONTRACT)]
    reason = _reason_to_reject(state, market, command)
    if reason is not None:
        return [_rejected(state.next_seq(market), market.market, command, reason)]

    side = market.books[command.contract].side(command.side)
    position = market.positions.get(command.account) or market.new_position(command.account)
    unit_ticks = market.unit_ticks(side.side, command.price_ticks)
    quantity = command.quantity
    if not state.hold(side, position, unit_ticks * quantity):
        reason = RejectReason.INSUFFICIENT_FUNDS
        return [_rejected(state.next_seq(market), market.market, command, reason)]

    seq = state.next_seq(market)
    order = Order(
        command.order, position, side, command.price_ticks, unit_ticks, quantity, quantity, seq
    )
    events: list[Event] = [
        OrderAccepted(seq, market.market, command.contract, command.order, command.account)
    ]
    met_itself = match(state, order, command.stp, events)
    if order.open_quantity:
        if met_itself:
            events.append(cancel_remainder(state, order, CancelReason.SELF_TRADE))
        elif command.tif == "IOC":
            events.append(cancel_remainder(state, order, CancelReason.IOC_REMAINDER))
        else:
            state.rest(order)
    return events


def match(state: State, taker: Order, stp: SelfTradePrevention, events: list[Event]) -> bool:
    """Trade an incoming order against the other side, best price first, oldest first.

    Adds the trades to events and leaves what is left in taker.open_quantity. Returns whether it
    stopped because the next maker belongs to the same account.
    """
    makers = taker.side.opposite
    keys, levels = makers.keys, makers.levels
    limit_key = makers.sign * taker.price_ticks
    if not keys or keys[-1] < limit_key:
        return False
    held_quantity, cost_ticks = taker.open_quantity, 0
    met_itself = False
    while taker.open_quantity and keys and keys[-1] >= limit_key:
        maker = levels[keys[-1]].head
        assert maker is not None, "an empty level stayed in the book"
        if maker.position is taker.position and stp != "allow":
            met_itself = True
            break
        quantity = min(taker.open_quantity, maker.open_quantity)
        taker.open_quantity -= quantity
        cost_ticks += quantity * maker.price_ticks
        events.append(_trade(state, maker, taker, quantity))
        _fill_maker(state, maker, quantity)
    filled = held_quantity - taker.open_quantity
    if filled:
        state.fill(taker.side, taker.position, filled, filled * taker.unit_ticks, cost_ticks)
    return met_itself


def cancel_remainder(state: State, order: Order, reason: CancelReason) -> OrderCancelled:
    """Release what is held for an order that does not rest, and return its cancel."""
    book, quantity = order.side.book, order.open_quantity
    state.release(order.side, order.position, quantity * order.unit_ticks)
    return OrderCancelled(
        state.next_seq(book.market),
        book.market.market,
        book.contract,
        order.order,
        order.position.account,
        quantity,
        reason,
    )


def _reason_to_reject(  # noqa: PLR0911 -- one return for each reason, in order
    state: State, market: Market, command: PlaceOrder
) -> RejectReason | None:
    """Return the first reason in order of precedence, but for the money, or None."""
    if command.order in state.orders:
        return RejectReason.DUPLICATE_ORDER
    if market.status is not _OPEN:
        return reject_by_status[market.status]
    if not 0 < command.price_ticks < market.payout_ticks:
        return RejectReason.INVALID_PRICE
    if command.price_ticks % market.price_step_ticks:
        return RejectReason.PRICE_OFF_TICK
    if not 0 < command.quantity <= QUANTITY_MAX:
        return RejectReason.INVALID_QUANTITY
    if command.account in state.suspended:
        return RejectReason.ACCOUNT_SUSPENDED
    return None


def _rejected(
    seq: int | None, market: int | None, command: PlaceOrder, reason: RejectReason
) -> OrderRejected:
    return OrderRejected(seq, market, command.contract, command.order, command.account, reason)


def _fill_maker(state: State, maker: Order, quantity: int) -> None:
    if quantity == maker.open_quantity:
        state.remove(maker)
    else:
        state.shrink(maker, quantity)
    hold_ticks = quantity * maker.unit_ticks
    state.fill(maker.side, maker.position, quantity, hold_ticks, quantity * maker.price_ticks)


def _trade(state: State, maker: Order, taker: Order, quantity: int) -> TradeExecuted:
    book = maker.side.book
    return TradeExecuted(
        state.next_seq(book.market),
        book.market.market,
        state.next_trade_id(),
        "book",
        book.contract,
        maker.price_ticks,
        quantity,
        maker.order,
        taker.order,
        maker.position.account,
        taker.position.account,
        maker.side.side,
        maker.open_quantity - quantity,
        taker.open_quantity,
    )
