"""What an order would do to its account: the worst outcome before and after."""

from exchange.engine.commands import PlaceOrder
from exchange.engine.market import Market
from exchange.engine.placing import protection_ticks
from exchange.engine.state import State
from exchange.engine.views import Explanation


def explain(state: State, command: PlaceOrder) -> Explanation:
    """Return the worths by outcome as if the order rested in full. Raises KeyError."""
    market = state.market_of[command.contract]
    side = market.books[command.contract].side(command.side)
    price_ticks = command.price_ticks
    if price_ticks is None:
        price_ticks = protection_ticks(side)
    position = state.position_of(side.book, command.account)
    owner, portfolio = position.owner, position.portfolio
    owner.refresh()
    before = portfolio.worths()
    hold_ticks = command.quantity * market.unit_ticks(side.is_bids, price_ticks)
    # A buy costs in all outcomes but its own, where it brings the contract; a sell only there.
    after = [
        worth - hold_ticks if (outcome != side.outcome) == side.is_bids else worth
        for outcome, worth in enumerate(before)
    ]
    return Explanation(
        tuple(before),
        tuple(after),
        max(0, -min(before)),
        max(0, -min(after)),
        _worst_outcome(market, before),
        _worst_outcome(market, after),
        owner.available_ticks,
    )


def _worst_outcome(market: Market, worths: list[int]) -> int | None:
    """Return the contract of the first of the worst outcomes, None for the one without a book."""
    worst = worths.index(min(worths))
    return market.contracts[worst] if worst < len(market.contracts) else None
