"""A journal worth reading, and hands that damage it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import CommandError, call_command
from django.db import connection

from exchange.markets.models import Market
from exchange.trading.models import JournalBatch, Order
from tests.factories import make_member
from tests.notifications.scenes import lifecycle, open_market, place

TABLE = "trading_journalbatch"


def trade_in_two_markets() -> tuple[Market, Market]:
    """Two markets on one shard: orders that rest, trade, are refused, and a market that ends."""
    alice, bob, carol = (make_member(balance_credits=10) for _ in range(3))
    rain, snow = open_market("Rain?"), open_market("Snow?", outcomes=("Much", "Little"))
    place(alice, rain, "sell", 6_000, 10)
    place(carol, rain, "sell", 6_000, 5)
    place(bob, snow, "buy", 3_000, 10)
    place(bob, rain, "buy", 6_000, 10)
    refused(bob, rain, "buy", 5_000, 9)
    place(alice, snow, "sell", 3_000, 4)
    place(carol, rain, "buy", 2_000, 1)
    lifecycle(snow, "close")
    return Market.objects.get(pk=rain.pk), Market.objects.get(pk=snow.pk)


def refused(user, market, side, price_ticks, quantity):
    """An order that the account cannot pay: it takes a seq of the market, and nothing else."""
    order = place(user, market, side, price_ticks, quantity)
    assert Order.objects.get(pk=order).reason == "insufficient_funds"


@contextmanager
def writable(table: str) -> Iterator[None]:
    """Lift what protects a table, inside a test's transaction or outside of one."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with checks that wait for the commit cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
        )
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, sql in triggers:
            cursor.execute(sql)


def change_batch(number: int, **columns: object) -> None:
    with writable(TABLE):
        assert JournalBatch.objects.filter(shard=0, number=number).update(**columns) == 1


def lose_batch(number: int) -> None:
    with writable(TABLE):
        assert JournalBatch.objects.filter(shard=0, number=number).delete()[0] == 1


def run(capsys, *command: str) -> tuple[int, list[str]]:
    """Run a command; return its exit code and what it printed, errors last."""
    capsys.readouterr()
    try:
        call_command(*command)
    except SystemExit as stopped:
        return stopped.code, capsys.readouterr().out.splitlines()
    except CommandError as error:
        return error.returncode, [*capsys.readouterr().out.splitlines(), str(error)]
    return 0, capsys.readouterr().out.splitlines()
