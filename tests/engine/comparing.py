"""Random commands, and the real engine and the reference side by side."""

import random
from collections import defaultdict

from exchange.engine import AccountFacts, Engine, Side, commands
from exchange.engine.commands import Command
from tests.engine.reference import Reference

PAYOUT = 20
ACCOUNTS = range(1, 6)
MARKETS = {1: ((11,), False), 2: ((21, 22, 23), False), 3: ((31, 32), True)}
CONTRACTS = tuple(contract for contracts, _ in MARKETS.values() for contract in contracts)


def opening() -> list[Command]:
    """Open the markets and give each account a little money, so that it matters."""
    opened = [
        commands.OpenMarket(market, contracts, other=other, payout_ticks=None)
        for market, (contracts, other) in MARKETS.items()
    ]
    return opened + [commands.Fund(account, 150 * account) for account in ACCOUNTS]


def random_commands(seed: int, count: int) -> list[Command]:
    """A stream that trades, cancels, reduces and now and then moves a market along."""
    choose = random.Random(seed)
    found = opening()
    for order in range(1, count + 1):
        earlier = choose.randint(max(1, order - 15), order)
        account = owner_of(earlier) if choose.random() < 0.9 else choose.choice(ACCOUNTS)
        kind = choose.random()
        if kind < 0.75:
            found.append(random_order(choose, order, owner_of(order)))
        elif kind < 0.85:
            found.append(commands.CancelOrder(earlier, account))
        elif kind < 0.96:
            found.append(commands.ReduceOrder(earlier, account, choose.randint(0, 8)))
        else:
            found.append(random_lifecycle(choose, late=order > 0.8 * count))
    return found


def owner_of(order: int) -> int:
    """The account that places an order of this id, so that cancels can find it."""
    return ACCOUNTS[order * order % 7 % len(ACCOUNTS)]


def random_order(choose: random.Random, order: int, account: int) -> commands.PlaceOrder:
    return commands.PlaceOrder(
        order if choose.random() < 0.95 else order // 2,
        account,
        choose.choice(CONTRACTS),
        choose.choice(list(Side)),
        choose.randint(0, PAYOUT) if choose.random() < 0.1 else choose.randint(6, PAYOUT - 6),
        choose.randint(1, 12),
        tif="IOC" if choose.random() < 0.2 else "GTC",
        stp="allow" if choose.random() < 0.2 else "cancel_newest",
    )


def random_lifecycle(choose: random.Random, *, late: bool) -> Command:
    market = choose.choice(list(MARKETS))
    winner = choose.choice((*MARKETS[market][0], None))
    early_ones = [commands.HaltMarket(market), *[commands.ResumeMarket(market)] * 3]
    late_ones = [
        commands.CloseMarket(market),
        commands.SettleMarket(market, winner),
        commands.VoidMarket(market),
    ]
    return choose.choice(early_ones + late_ones if late else early_ones)


def assert_equal(engine: Engine, reference: Reference) -> None:
    """Assert that both engines show the same to the outside, and that the real one is sound."""
    engine.check_invariants()
    assert engine.next_trade == reference.next_trade
    for number, market in reference.markets.items():
        assert engine.market_status(number) == market.status
        assert engine.market_seq(number) == market.seq
        for contract in market.contracts:
            depth = engine.depth(contract)
            assert (depth.bids, depth.asks) == reference_depth(reference, contract)
        for account in ACCOUNTS:
            exposure_ticks = engine.exposure_ticks(account, number)
            assert exposure_ticks == reference.exposure(account, market)
    if not reference.unlimited:
        for account in ACCOUNTS:
            assert engine.available_ticks(account) == reference.available(account)


def reference_depth(reference: Reference, contract: int) -> tuple[list, list]:
    sides: dict[str, dict[int, int]] = {"buy": defaultdict(int), "sell": defaultdict(int)}
    for order in reference.orders:
        if order.contract == contract:
            sides[order.side][order.price] += order.open
    return sorted(sides["buy"].items(), reverse=True), sorted(sides["sell"].items())


def facts_of(reference: Reference) -> dict[int, AccountFacts]:
    """What a ledger would know: every account's available money."""
    return {account: AccountFacts(reference.available(account)) for account in ACCOUNTS}
