"""The engine and the reference give the same events, depth, exposure and money, whatever comes."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from exchange.engine import Engine, Side, commands
from tests.engine.comparing import (
    ACCOUNTS,
    CONTRACTS,
    MARKETS,
    PAYOUT,
    assert_equal,
    opening,
    random_commands,
)
from tests.engine.reference import Reference, all_commands


@pytest.mark.parametrize("unlimited_funds", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_random_commands(seed, unlimited_funds):
    engine = Engine(PAYOUT, unlimited_funds)
    reference = Reference(PAYOUT, unlimited_funds=unlimited_funds)
    for command in random_commands(seed, 250):
        assert engine.apply(command) == reference.apply(command)
        assert_equal(engine, reference)


def test_reference_knows_every_command():
    assert [made.__name__ for made in all_commands() if not hasattr(Reference, made.__name__)] == []


accounts = st.sampled_from(ACCOUNTS)
orders = st.integers(1, 12)
markets = st.sampled_from(list(MARKETS))


class EngineMachine(RuleBasedStateMachine):
    """Hypothesis looks for a short sequence on which the two disagree."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine(PAYOUT)
        self.reference = Reference(PAYOUT)

    def both(self, command: commands.Command) -> None:
        assert self.engine.apply(command) == self.reference.apply(command)

    @initialize()
    def open_markets(self):
        for command in opening():
            self.both(command)

    @rule(
        order=orders,
        account=accounts,
        contract=st.sampled_from((*CONTRACTS, 99)),
        side=st.sampled_from(Side),
        price=st.integers(0, PAYOUT),
        quantity=st.integers(0, 30),
        tif=st.sampled_from(["GTC", "IOC"]),
        stp=st.sampled_from(["cancel_newest", "allow"]),
    )
    def place(self, *, order, account, contract, side, price, quantity, tif, stp):
        self.both(
            commands.PlaceOrder(order, account, contract, side, price, quantity, tif=tif, stp=stp)
        )

    @rule(order=orders, account=accounts)
    def cancel(self, order, account):
        self.both(commands.CancelOrder(order, account))

    @rule(order=orders, account=accounts, by=st.integers(0, 20))
    def reduce(self, order, account, by):
        self.both(commands.ReduceOrder(order, account, by))

    @rule(account=accounts, amount=st.integers(0, 50))
    def fund(self, account, amount):
        self.both(commands.Fund(account, amount))

    @rule(market=markets, made=st.sampled_from([commands.HaltMarket, commands.ResumeMarket]))
    def halt_or_resume(self, market, made):
        self.both(made(market))

    @rule(market=markets, made=st.sampled_from([commands.CloseMarket, commands.VoidMarket]))
    def end(self, market, made):
        self.both(made(market))

    @rule(market=markets, winner=st.sampled_from((*CONTRACTS, None)))
    def settle(self, market, winner):
        self.both(commands.SettleMarket(market, winner))

    @rule(market=st.integers(1, 5), contract=st.sampled_from((11, 41, 42)))
    def open_another(self, market, contract):
        self.both(commands.OpenMarket(market, (contract, contract + 1), payout_ticks=None))

    @invariant()
    def equal(self):
        assert_equal(self.engine, self.reference)


TestEngineMachine = EngineMachine.TestCase
TestEngineMachine.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, derandomize=True
)
