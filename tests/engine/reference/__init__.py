"""A second engine, as plain as can be, written from docs/engine.md alone.

Lists, min() and max(), every figure computed anew: no book, no undo, no sums that are kept. It
shares the commands, the events and their words with the real one and nothing else. What it costs
hardly matters; that it is right can be seen by reading it beside the page.
"""

from exchange.engine import commands
from tests.engine.reference import changing, limits, markets, off_book, placing
from tests.engine.reference.markets import advance
from tests.engine.reference.money import available, exposure, holding
from tests.engine.reference.world import Order, World, in_priority

__all__ = ["Reference", "all_commands"]


class Reference:
    """The naive engine; `payout` is what a contract pays in markets that do not say it."""

    def __init__(self, payout: int = 10_000, *, unlimited_funds: bool = False) -> None:
        self.world = World(payout, unlimited=unlimited_funds)

    def apply(self, command) -> list:
        """Carry a command out and return its events, first those of what was due."""
        self.world.events = []
        advance(self.world, command.time)
        HANDLERS[type(command)](self.world, command)
        return self.world.events

    @property
    def next_trade(self) -> int:
        return self.world.next_trade

    def exposure(self, account: int, market: int) -> int:
        return exposure(account, self.world.markets[market])

    def available(self, account: int) -> int:
        return available(self.world, account)

    def holding(self, account: int, market: int) -> tuple[int, tuple[int, ...]]:
        """Return net cash and net quantities."""
        cash, quantities = holding(account, self.world.markets[market])
        return cash, tuple(quantities.values())

    def resting(self, contract: int) -> list[Order]:
        """Return bids, then asks, each in priority."""
        market = self.world.market_of[contract]
        return [o for side in ("buy", "sell") for o in in_priority(market, contract, side)]

    def waiting(self, contract: int) -> list[Order]:
        """Return the stops that wait, the oldest first."""
        orders = self.world.market_of[contract].orders
        found = [o for o in orders if o.contract == contract and o.waits]
        return sorted(found, key=lambda o: o.seq)


HANDLERS = {
    commands.PlaceOrder: placing.place_order,
    commands.CancelOrder: changing.cancel_order,
    commands.ReduceOrder: changing.reduce_order,
    commands.ReplaceOrder: changing.replace_order,
    commands.CancelAll: changing.cancel_all,
    commands.OpenMarket: markets.open_market,
    commands.HaltMarket: markets.halt_market,
    commands.ResumeMarket: markets.resume_market,
    commands.CloseMarket: markets.close_market,
    commands.SettleMarket: markets.settle_market,
    commands.VoidMarket: markets.void_market,
    commands.CrossTrade: off_book.cross_trade,
    commands.VoidTrade: off_book.void_trade,
    commands.Fund: limits.fund,
    commands.SetLimits: limits.set_limits,
    commands.SetGroup: limits.set_group,
    commands.Tick: limits.tick,
}


def all_commands() -> list[type]:
    """Every command there is, so that a new one cannot be forgotten here."""
    return list(commands.Command.__args__)
