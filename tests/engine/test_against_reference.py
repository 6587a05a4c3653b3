"""The engine and the reference give the same events, books, exposures and money, whatever comes."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from exchange.engine import CancelReason, RejectReason, Side, commands
from exchange.engine.commands import Terms
from exchange.engine.events import Event
from tests.engine.comparing import Pair, assert_equal
from tests.engine.generating import ACCOUNTS, PAYOUT, Flow
from tests.engine.reference import HANDLERS, Reference, all_commands

COMMANDS_UNTIL_ALL_IS_SEEN_MAX = 20_000


@pytest.mark.parametrize("unlimited", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_random_commands_with_everything_compared_after_each(seed, unlimited):
    pair = Pair(unlimited=unlimited)
    flow = Flow(seed, pair.reference)
    for command in flow.opening():
        pair.take(command)
    for _ in range(6):
        pair.take("batch")
        for _ in range(10):
            pair.take(flow.command())
            assert_equal(pair.engine, pair.reference)
        pair.take([flow.command() for _ in range(8)])
        pair.take("restore")
        for _ in range(5):
            pair.take(flow.command())
    pair.check()


def test_reference_knows_every_command():
    assert [made.__name__ for made in all_commands() if made not in HANDLERS] == []


def test_random_commands_reach_every_event_and_reason():
    wanted: set = {*Event.__args__, *CancelReason, *RejectReason} - {RejectReason.INTERNAL_ERROR}
    count = seed = 0
    while wanted and count < COMMANDS_UNTIL_ALL_IS_SEEN_MAX:
        reference = Reference(PAYOUT)
        flow = Flow(seed, reference)
        for command in flow.opening():
            reference.apply(command)
        for _ in range(500):
            wanted -= words_of(reference.apply(flow.command()))
        count, seed = count + 500, seed + 1
    assert wanted == set()


def words_of(events: list[Event]) -> set:
    """Return the types of the events, and the reasons they give."""
    reasons = {event.reason for event in events if hasattr(event, "reason")}
    return {type(event) for event in events} | reasons


MARKETS = {1: (11,), 2: (22, 21, 23), 3: (31, 32)}
CONTRACTS = [contract for contracts in MARKETS.values() for contract in contracts]


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


accounts = st.sampled_from(ACCOUNTS)
orders = st.integers(1, 12)
markets = st.sampled_from([*MARKETS, 4])
contracts = st.sampled_from([*CONTRACTS, 99])
sides = st.sampled_from(Side)
prices = st.integers(0, PAYOUT) | st.integers(8, 12)
quantities = st.integers(0, 9)
times = st.fixed_dictionaries({}, optional={"time": st.integers(0, 60)})
terms = st.builds(
    Terms,
    st.sampled_from(["limit", "market", "stop", "stop_limit"]),
    st.sampled_from(["GTC", "IOC", "FOK", "GTD"]),
    st.sampled_from(["cancel_newest", "cancel_oldest", "cancel_both", "decrement", "allow"]),
    post_only=st.booleans(),
    reduce_only=st.booleans(),
    min_quantity=maybe(st.integers(0, 5)),
    max_cost_ticks=maybe(st.integers(0, 90)),
    stop_ticks=maybe(prices),
    expires_at=maybe(st.integers(0, 90)),
    on_halt=st.sampled_from(["keep", "cancel"]),
    group=maybe(st.integers(1, 2)),
) | st.builds(
    Terms,
    st.sampled_from(["limit", "stop_limit"]),
    stp=st.sampled_from(["cancel_newest", "cancel_both", "decrement", "allow"]),
    group=maybe(st.just(1)),
)
market_commands = (
    st.builds(commands.HaltMarket, markets)
    | st.builds(commands.ResumeMarket, markets, st.booleans(), maybe(st.integers(1, 60)))
    | st.builds(commands.CloseMarket, markets)
    | st.builds(commands.VoidMarket, markets)
    | st.builds(commands.SettleMarket, markets, maybe(contracts))
)
order_commands = (
    st.builds(
        commands.PlaceOrder, orders, accounts, contracts, sides, maybe(prices), quantities, terms
    )
    | st.builds(commands.CancelOrder, orders, accounts)
    | st.builds(commands.ReduceOrder, orders, accounts, quantities, maybe(quantities))
    | st.builds(commands.ReplaceOrder, orders, accounts, orders, prices, quantities)
)


class EngineMachine(RuleBasedStateMachine):
    """Hypothesis looks for a short sequence on which the two disagree."""

    def __init__(self) -> None:
        super().__init__()
        self.pair = Pair()

    def both(self, command: commands.Command) -> None:
        """Apply a command to both, and to the twin as it is: no JSON stands for some of these."""
        expected = self.pair.reference.apply(command)
        assert self.pair.engine.apply(command) == expected
        assert self.pair.twin.apply(command) == expected

    @initialize()
    def open_markets(self):
        for market, named in MARKETS.items():
            self.both(commands.OpenMarket(market, named, other=market == 3, payout_ticks=None))
        for account in ACCOUNTS:
            self.both(commands.Fund(account, 90 * account))

    @rule(
        order=orders, account=accounts, contract=contracts, side=sides, price=prices,
        quantity=quantities, terms=terms, time=times,
    )  # fmt: skip
    def place(self, *, order, account, contract, side, price, quantity, terms, time):
        made = commands.PlaceOrder(order, account, contract, side, price, quantity, terms, **time)
        self.both(made)

    @rule(contract=contracts, side=sides, prices=st.lists(prices, min_size=2, max_size=4))
    def place_several(self, contract, side, prices):
        for order, price in enumerate(prices, start=1):
            account = ACCOUNTS[order % len(ACCOUNTS)]
            self.both(commands.PlaceOrder(order, account, contract, side, price, order))

    @rule(command=order_commands)
    def change_an_order(self, command):
        self.both(command)

    @rule(account=accounts, market=maybe(markets), contract=maybe(contracts), side=maybe(sides))
    def cancel_all(self, account, market, contract, side):
        self.both(commands.CancelAll(account, market, contract, side))

    @rule(account=accounts, amount=st.integers(0, 50))
    def fund(self, account, amount):
        self.both(commands.Fund(account, amount))

    @rule(account=accounts, count=maybe(st.integers(-1, 4)), most=maybe(st.integers(0, 99)))
    def limit(self, account, count, most):
        self.both(commands.SetLimits(account, count, most, most, suspended=most == 0))

    @rule(account=accounts, group=st.integers(1, 2), quantity=st.integers(0, 6))
    def arm(self, account, group, quantity):
        self.both(commands.SetGroup(account, group, quantity, 10))

    @rule(command=market_commands, time=times)
    def move_a_market(self, command, time):
        self.both(commands.Tick(**time))
        self.both(command)

    @rule(contract=contracts, buyer=accounts, seller=accounts, price=prices, quantity=quantities)
    def cross(self, contract, buyer, seller, price, quantity):
        self.both(commands.CrossTrade(contract, buyer, seller, price, quantity))

    @rule(trade=st.integers(1, 9))
    def void(self, trade):
        self.both(commands.VoidTrade(trade))

    @rule(
        market=st.integers(1, 5), contract=st.sampled_from((11, 41, 42)), collar=st.integers(0, 4)
    )
    def open_another(self, market, contract, collar):
        named = (contract, contract + 1)
        self.both(commands.OpenMarket(market, named, payout_ticks=None, collar_ticks=collar))

    @rule(batch=st.lists(order_commands | market_commands, min_size=1, max_size=4))
    def roll_back(self, batch):
        self.pair.take("restore")
        self.pair.take(batch)

    @invariant()
    def equal(self):
        assert_equal(self.pair.engine, self.pair.reference)


TestEngineMachine = EngineMachine.TestCase
TestEngineMachine.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, derandomize=True
)
