"""Random plain commands: what the exchange offers today, for markets that always stay."""

import random

from exchange.engine import Engine, Side, commands
from exchange.engine.commands import Command, Terms

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


def plain_commands(seed: int, count: int) -> list[Command]:
    """A stream that trades, cancels, reduces and now and then halts a market or resumes it."""
    choose = random.Random(seed)
    found = opening()
    for order in range(1, count + 1):
        earlier = choose.randint(max(1, order - 15), order)
        account = owner_of(earlier) if choose.random() < 0.9 else choose.choice(ACCOUNTS)
        kind = choose.random()
        if kind < 0.75:
            found.append(_order(choose, order))
        elif kind < 0.85:
            found.append(commands.CancelOrder(earlier, account))
        elif kind < 0.97:
            found.append(commands.ReduceOrder(earlier, account, choose.randint(0, 8)))
        else:
            made = choose.choice((commands.HaltMarket, *[commands.ResumeMarket] * 3))
            found.append(made(choose.choice(list(MARKETS))))
    return found


def owner_of(order: int) -> int:
    """The account that places an order of this id, so that cancels can find it."""
    return ACCOUNTS[order * order % 7 % len(ACCOUNTS)]


def _order(choose: random.Random, order: int) -> commands.PlaceOrder:
    return commands.PlaceOrder(
        order,
        owner_of(order),
        choose.choice(CONTRACTS),
        choose.choice(list(Side)),
        choose.randint(6, PAYOUT - 6),
        choose.randint(1, 12),
        Terms(tif="IOC" if choose.random() < 0.2 else "GTC"),
    )


def exposures_of(engine: Engine) -> dict[tuple[int, int], int]:
    return {
        (account, market): engine.exposure_ticks(account, market)
        for account in ACCOUNTS
        for market in MARKETS
    }
