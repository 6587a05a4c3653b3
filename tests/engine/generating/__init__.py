"""Random commands that reach everything: a seeded flow that looks at the reference as it goes.

What it knows (which orders live, what the last price is) only makes its commands matter; a part of
them is senseless all the same. Each seed has habits of its own, so that a few rare rules meet
often in some runs instead of all of them seldom in each.
"""

from exchange.engine import commands
from exchange.engine.commands import Command
from tests.engine.generating.choices import ACCOUNTS, BUSY, PAYOUT
from tests.engine.generating.orders import Orders
from tests.engine.generating.others import Others

__all__ = ["ACCOUNTS", "PAYOUT", "Flow"]

# Few markets at a time, and not for long: a book matters when much happens in it.
LIVE_MARKETS = 3
SHAPES = (
    {"contracts": 1},
    {"contracts": 3},
    {"contracts": 2, "other": True},
    {"contracts": 2, "payout_ticks": 40, "price_bands": ((10, 2), (20, 5)), "collar_ticks": 6},
    {"contracts": 1, "payout_ticks": 24, "price_step_ticks": 4, "collar_ticks": 8},
)


class Flow(Orders, Others):
    """An endless stream of commands for one reference, the same for the same seed."""

    def opening(self) -> list[Command]:
        """Open the first markets and give each account a little money, so that it matters."""
        rich = 10 if self.does("rich") else 2
        opened: list[Command] = [
            self.open_market(shape) for shape in self.choose.sample(SHAPES, LIVE_MARKETS)
        ]
        groups = [self.set_group() for _ in range(5)]
        funds = [commands.Fund(account, 90 * account * rich) for account in ACCOUNTS]
        return opened + groups + funds

    def command(self) -> Command:
        """Return the next command, whatever became of the ones before."""
        live = self.world.live()
        if len(live) < LIVE_MARKETS and self.chance(0.5):
            return self.open_market(self.choose.choice(SHAPES))
        if self.chance(0.15) and (idle := [m for m in live if m.status not in BUSY]):
            return self.wake_up(self.choose.choice(idle))
        if self.chance(0.05) and (fresh := [m for m in live if m.seq == 1]):
            # An auction is another thing where there is no last price yet.
            return self.halt(self.choose.choice(fresh))
        (make,) = self.choose.choices(*MAKERS)
        return make(self)


MAKERS = tuple(
    zip(
        *(
            (Flow.place, 71),
            (Flow.cancel, 4),
            (Flow.reduce, 4),
            (Flow.replace, 9),
            (Flow.cancel_all, 1),
            (Flow.fund, 1.5),
            (Flow.set_limits, 0.7),
            (Flow.set_group, 2),
            (Flow.halt, 1.5),
            (Flow.resume, 0.5),
            (Flow.end, 0.9),
            (Flow.end_none, 0.1),
            (Flow.open_wrongly, 0.4),
            (Flow.cross, 2),
            (Flow.void_trade, 1.2),
            (Flow.tick, 2),
        ),
        strict=True,
    )
)
