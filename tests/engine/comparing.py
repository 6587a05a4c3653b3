"""The real engine and the reference side by side, and all that has to be equal between them."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from exchange.engine import AccountFacts, Engine, commands
from exchange.engine.commands import Command
from tests.engine.generating import ACCOUNTS, PAYOUT
from tests.engine.reference import Reference
from tests.engine.reference.world import OVER, Market

# A command; a batch of commands that is rolled back and must leave no trace; or a mark: compare
# everything, and go on with a twin that is restored from a snapshot, or in a batch.
Mark = Literal["check", "restore", "batch"]
MARKS: tuple[Mark, ...] = ("check", "restore", "batch")
Step = Command | list[Command] | Mark


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

    def take(self, step: Step) -> list:
        """Take a step; return the events, which are equal if it is a command."""
        if isinstance(step, list):
            self.roll_back(step)
            return []
        if isinstance(step, str):
            self.check()
            if step == "restore":
                self.twin = Engine.restore(self.engine.snapshot())
                self.compare_twin("a snapshot lost something")
            elif step == "batch":
                self.twin.begin(facts_of(self.reference))
                self.in_batch = True
            return []
        expected = self.reference.apply(step)
        found = self.engine.apply(step)
        assert found == expected, f"{step}: {found} is not {expected}"
        assert self.twin.apply(through_json(step)) == expected, f"the twin differs at {step}"
        return expected

    def roll_back(self, batch: list[Command]) -> None:
        """Let the twin carry a batch out and forget it."""
        self.end_batch()
        self.twin.begin(facts_of(self.reference))
        for command in batch:
            self.twin.apply(command)
        self.twin.check_invariants()
        self.twin.rollback()
        self.compare_twin("a batch left a trace")

    def check(self) -> None:
        """Compare everything there is to see."""
        self.end_batch()
        assert_equal(self.engine, self.reference)
        self.compare_twin("the twin went another way")

    def compare_twin(self, what: str) -> None:
        self.twin.check_invariants()
        assert self.twin.digest() == self.engine.digest(), what
        assert voidable(self.twin) == voidable(self.engine), what
        assert_alike(self.twin, self.engine, self.reference)

    def end_batch(self) -> None:
        if self.in_batch:
            self.twin.commit()
            self.in_batch = False


def voidable(engine: Engine) -> list[bytes]:
    """Return the trades that may be voided, which no digest knows, as a snapshot has them."""
    lines = engine.snapshot().splitlines()
    return sorted(line for line in lines if line.startswith(b'["trade",'))


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
