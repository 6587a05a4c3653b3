"""Orders, fills and positions as the REST API shows them."""

from collections.abc import Mapping
from typing import Any

from core.money import format_ticks
from exchange.realtime.frames import format_time
from exchange.trading.models import Order, Position, Trade
from exchange.trading.times import to_ms


def order_json(order: Order) -> Mapping[str, Any]:
    """Return an order."""
    average = order.notional_ticks // order.filled_quantity if order.filled_quantity else None
    return {
        "id": str(order.pk),
        "market": order.market.slug,
        "contract": str(order.contract_id),
        "side": order.side,
        "type": order.kind,
        "price": format_ticks(order.price_ticks),
        "quantity": order.quantity,
        "filled_quantity": order.filled_quantity,
        "open_quantity": order.open_quantity,
        "cancelled_quantity": order.cancelled_quantity,
        "average_price": None if average is None else format_ticks(average),
        "time_in_force": order.time_in_force,
        "client_order_id": order.client_order_id,
        "status": order.status,
        "reason": order.reason,
        "market_seq": order.market_seq,
        "account_seq": order.account_seq,
    }


def fill_json(trade: Trade, account_id: int) -> Mapping[str, Any]:
    """Return a trade as one of its two accounts sees it."""
    is_taker = trade.taker_account_id == account_id
    opposite = "sell" if trade.taker_side == "buy" else "buy"
    return {
        "id": str(trade.pk),
        "market": trade.market.slug,
        "contract": str(trade.contract_id),
        "order": str(trade.taker_order_id if is_taker else trade.maker_order_id),
        "side": trade.taker_side if is_taker else opposite,
        "price": format_ticks(trade.price_ticks),
        "quantity": trade.quantity,
        "liquidity": "taker" if is_taker else "maker",
        "time": format_time(to_ms(trade.executed_at)),
    }


def position_json(position: Position) -> Mapping[str, Any]:
    """Return a position."""
    return {
        "market": position.market.slug,
        "contract": str(position.contract_id),
        "quantity": position.quantity,
        "cash": format_ticks(position.cash_ticks),
    }
