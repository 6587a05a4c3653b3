"""The real engine and the reference side by side, and all that has to be equal between them."""

import json
from collections import Counter
from collections.abc import Iterable

from exchange.engine import AccountFacts, Engine, commands
from exchange.engine.commands import Command
from tests.engine.generating import ACCOUNTS, PAYOUT
from tests.engine.reference import Reference
from tests.engine.reference.world import OVER, Market

# A command, or a batch of commands that is rolled back and must leave no trace.
Step = Command | list[Command]


class Pair:
    """The engine, a twin of it that is treated worse, and the reference.

    The twin reads each command from JSON, works in batches, rolls some back and is restored from
    snapshots; it must be the same engine all the while.
    """

    def __init__(self, *, unlimited: bool = False) -> None:
        self.reference = Reference(PAYOUT, unlimited_funds=unlimited)
        self.engine = Engine(PAYOUT, unlimited_funds=unlimited, keeps_trades=True)
        self.twin = Engine(PAYOUT, unlimited_funds=unlimited, keeps_trades=True)
        self.in_batch = False
        self.checks = 0

    def take(self, step: Step) -> list:
        """Apply a command to all, or let the twin roll a batch back; return the events."""
        if isinstance(step, list):
            self.roll_back(step)
            return []
        expected = self.reference.apply(step)
        found = self.engine.apply(step)
        assert found == expected, step
        self.twin.apply(through_json(step))
        return expected

    def roll_back(self, batch: list[Command]) -> None:
        """Let the twin forget a batch."""
        self.end_batch()
        self.twin.begin(facts_of(self.reference))
        for command in batch:
            self.twin.apply(command)
        self.twin.check_invariants()
        self.twin.rollback()
        self.twin.check_invariants()
        assert self.twin.digest() == self.engine.digest(), "a batch left a trace"
        assert_alike(self.twin, self.engine, self.reference)

    def check(self) -> None:
        """Compare everything, and let the twin go on in another way."""
        self.end_batch()
        assert_equal(self.engine, self.reference)
        self.twin.check_invariants()
        assert self.twin.digest() == self.engine.digest()
        assert_alike(self.twin, self.engine, self.reference)
        self.checks += 1
        if self.checks % 3 == 1:
            self.twin = Engine.restore(self.engine.snapshot())
            self.twin.check_invariants()
            assert self.twin.digest() == self.engine.digest(), "a snapshot lost something"
            assert_alike(self.twin, self.engine, self.reference)
        elif self.checks % 3 == 2:
            self.twin.begin(facts_of(self.reference))
            self.in_batch = True

    def end_batch(self) -> None:
        if self.in_batch:
            self.twin.commit()
            self.in_batch = False


def through_json(command: Command) -> Command:
    """Return the command as it is after a journey over the wire."""
    return commands.decode(json.loads(json.dumps(commands.encode(command))))


def facts_of(reference: Reference) -> dict[int, AccountFacts]:
    """What a ledger would know of every account."""
    world = reference.world
    facts = {}
    for account in ACCOUNTS:
        limits = world.limits_of(account)
        available = reference.available(account)
        facts[account] = AccountFacts(
            available,
            limits.suspended,
            limits.max_open_orders,
            limits.max_exposure_ticks,
            limits.loss_limit_ticks,
            world.balance.get(account, 0) - available,
            -sum(world.results.get(account, [])),
        )
    return facts


def assert_equal(engine: Engine, reference: Reference) -> None:
    """Assert that both engines show the same to the outside, and that the real one is sound."""
    engine.check_invariants()
    world = reference.world
    assert engine.next_trade == reference.next_trade
    assert engine.time_ms == world.now
    for number, market in world.markets.items():
        assert engine.market_status(number) == market.status
        assert engine.market_seq(number) == market.seq
        if market.status not in OVER:
            assert_market_equal(engine, reference, market)
    if not world.unlimited:
        for account in ACCOUNTS:
            assert engine.available_ticks(account) == reference.available(account)


def assert_market_equal(engine: Engine, reference: Reference, market: Market) -> None:
    for contract in market.contracts:
        resting, waiting = reference.resting(contract), reference.waiting(contract)
        assert rows_of(engine.open_orders(contract)) == [row(order) for order in resting]
        assert rows_of(engine.waiting_orders(contract)) == [row(order) for order in waiting]
        assert engine.last_price_ticks(contract) == market.last_price(contract)
        depth = engine.depth(contract)
        assert dict(depth.bids) == quantities(resting, "buy")
        assert dict(depth.asks) == quantities(resting, "sell")
        assert depth.bids == sorted(depth.bids, reverse=True)
        assert depth.asks == sorted(depth.asks)
    for account in ACCOUNTS:
        exposure_ticks = engine.exposure_ticks(account, market.market)
        assert exposure_ticks == reference.exposure(account, market.market)
        held = engine.holding(account, market.market)
        held_there = (held.cash_ticks, held.quantities)
        assert held_there == reference.holding(account, market.market)


def rows_of(orders: Iterable) -> list[tuple]:
    return [
        (
            order.order,
            order.account,
            order.side,
            order.price_ticks,
            order.quantity,
            order.open_quantity,
            order.seq,
        )
        for order in orders
    ]


def row(order) -> tuple:
    return (
        order.order, order.account, order.side, order.price, order.quantity, order.open, order.seq
    )  # fmt: skip


def quantities(orders, side: str) -> Counter[int]:
    """Return open quantity by price."""
    found: Counter[int] = Counter()
    for order in orders:
        if order.side == side:
            found[order.price] += order.open
    return found


def assert_alike(one: Engine, other: Engine, reference: Reference) -> None:
    """Assert that two engines show the same of what a digest leaves out."""
    for account in ACCOUNTS:
        assert one.available_ticks(account) == other.available_ticks(account)
        for market in reference.world.live():
            exposures = [each.exposure_ticks(account, market.market) for each in (one, other)]
            assert exposures[0] == exposures[1]
