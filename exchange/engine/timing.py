"""The engine's time: it only goes forward, and what is due happens in the order in which it is."""

from exchange.engine import auction, leaving
from exchange.engine.events import Event
from exchange.engine.state import RANK_ORDER, State


def advance(state: State, time_ms: int) -> list[Event]:
    """Set the time and return what that lets happen. O((due orders + 1) x log n) and auctions."""
    state.time_ms = time_ms
    events: list[Event] = []
    while state.due and state.due[0][0] <= time_ms:
        _, rank, number = state.due[0]
        if rank == RANK_ORDER:
            events.append(leaving.expire(state, state.orders[number]))
        else:
            events.extend(auction.resume(state, state.markets[number]))
    return events
