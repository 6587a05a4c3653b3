"""A fingerprint of a state: equal for two engines exactly when they would go on alike."""

import hashlib
from collections.abc import Iterator

from exchange.engine.market import Market
from exchange.engine.state import State


def digest(state: State) -> str:
    """Return the hex SHA-256 over everything but the known funds, which are facts, not state.

    Positions that are flat and orders' exposures are left out: the former are as good as absent,
    the latter follow from the rest. Linear in the state.
    """
    found = hashlib.sha256(f"next_trade {state.next_trade}\n".encode())
    for _, market in sorted(state.markets.items()):
        for line in _market_lines(market):
            found.update(line.encode())
    return found.hexdigest()


def _market_lines(market: Market) -> Iterator[str]:
    yield (
        f"market {market.market} {market.status} {market.seq} {market.payout_ticks} "
        f"{market.price_step_ticks} {int(market.other)} {market.contracts}\n"
    )
    for book in market.books.values():
        yield f"contract {book.contract}\n"
        for order in book.orders():
            yield (
                f"order {order.order} {order.position.account} {order.side.side} "
                f"{order.price_ticks} {order.quantity} {order.open_quantity} {order.seq}\n"
            )
    for account, position in sorted(market.positions.items()):
        if not position.is_flat():
            yield f"position {account} {position.cash_ticks} {position.quantities}\n"
