"""What of the engine the exchange offers: what its tables can hold, and nothing else."""

import pytest

from exchange.engine import Side, commands
from exchange.engine.commands import Terms
from exchange.trading.offered import is_offered


def place(terms: Terms, price_ticks: int | None = 4_500) -> commands.PlaceOrder:
    return commands.PlaceOrder(1, 7, 11, Side.BUY, price_ticks, 10, terms)


@pytest.mark.parametrize(
    "command",
    [
        place(Terms()),
        place(Terms(tif="IOC")),
        place(Terms(stp="allow")),
        place(Terms(tif="FOK")),
        place(Terms(tif="GTD", expires_at=9)),
        place(Terms("market")),
        place(Terms("stop", stop_ticks=50)),
        place(Terms(post_only=True)),
        place(Terms(on_halt="cancel")),
        place(Terms(stp="cancel_both")),
        place(Terms(group=1)),
        commands.ReplaceOrder(1, 7, 2, 4_600, 5),
        commands.CancelAll(7),
        commands.OpenMarket(1, (11,)),
        commands.CancelOrder(1, 7),
        commands.ReduceOrder(1, 7, 2),
        commands.HaltMarket(1),
        commands.ResumeMarket(1),
        commands.CloseMarket(1),
        commands.SettleMarket(1, 11),
        commands.VoidMarket(1),
        commands.CrossTrade(11, 7, 8, 4_500, 3),
    ],
    ids=repr,
)
def test_what_the_tables_hold_is_offered(command):
    assert is_offered(command)


@pytest.mark.parametrize(
    "command",
    [
        place(Terms("market"), None),
        commands.CancelOrder(1, 7, time=5),
        commands.ResumeMarket(1, auction=True, auction_ends_at=9),
        commands.VoidTrade(1),
        commands.Fund(7, 5),
        commands.SetLimits(7),
        commands.SetGroup(7, 1, 5, 1_000),
        commands.Tick(time=5),
    ],
    ids=repr,
)
def test_what_they_do_not_hold_is_not_offered(command):
    assert not is_offered(command)
