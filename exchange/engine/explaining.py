"""What an order would do to its account: the worst outcome before and after."""

from exchange.engine.commands import PlaceOrder
from exchange.engine.market import Market
from exchange.engine.placing import protection_ticks
from exchange.engine.position import Position
from exchange.engine.state import State
from exchange.engine.views import Explanation


def explain(state: State, command: PlaceOrder) -> Explanation:
    """Return the worths by outcome as if the order rested in full. Raises KeyError."""
    market = state.market_of[command.contract]
    side = market.books[command.contract].side(command.side)
    price_ticks = command.price_ticks
    if price_ticks is None:
        price_ticks = protection_ticks(side)
    found = state.position_of(market, command.account)
    found.owner.refresh()
    before = _worths(found)
    position = Position(found.owner, len(found.quantities), len(found.if_wins_ticks))
    position.restore(found.image())
    hold_ticks = command.quantity * market.unit_ticks(side.is_bids, price_ticks)
    position.add_order(side.is_bids, side.book.outcome, hold_ticks)
    after = _worths(position)
    return Explanation(
        before,
        after,
        max(0, -min(before)),
        max(0, -min(after)),
        _worst_outcome(market, before),
        _worst_outcome(market, after),
        found.owner.available_ticks,
    )


def _worths(position: Position) -> tuple[int, ...]:
    return tuple(position.base_ticks + ticks for ticks in position.if_wins_ticks)


def _worst_outcome(market: Market, worths: tuple[int, ...]) -> int | None:
    """Return the contract of the first of the worst outcomes, None for the one without a book."""
    worst = worths.index(min(worths))
    return market.contracts[worst] if worst < len(market.contracts) else None
