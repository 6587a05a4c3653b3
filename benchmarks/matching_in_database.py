"""What matching costs without a long-lived worker: each order is one transaction in PostgreSQL.

    DATABASE_URL=postgres://... python -m benchmarks.matching_in_database [--orders 5000]

An order locks the market's row (without that, two orders that cross may each miss the other),
then the best opposite rows, takes from them, writes the trades and what is left of itself. Once
statement by statement, as a web process would, and once as a single call of a function in the
database, each by one client and by four at once. The engine, in memory, must make the same trades.

It is less than the site does: no money, no positions, no journal, no answer to anybody. The tables
live in a schema of their own, dropped at the end.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from statistics import median
from typing import Any

import psycopg

from benchmarks.stream import make_commands
from exchange.engine import Engine, commands

TABLES = """
DROP SCHEMA IF EXISTS likely_matching_benchmark CASCADE;
CREATE SCHEMA likely_matching_benchmark;
SET search_path = likely_matching_benchmark;
CREATE TABLE market (id integer PRIMARY KEY, seq bigint NOT NULL DEFAULT 0);
INSERT INTO market (id) VALUES (1);
CREATE TABLE resting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account integer NOT NULL,
    side text NOT NULL, price integer NOT NULL, open integer NOT NULL
);
CREATE INDEX ON resting (side, price, id) WHERE open > 0;
CREATE TABLE trade (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, maker bigint NOT NULL,
    taker integer NOT NULL, price integer NOT NULL, quantity integer NOT NULL
);
CREATE FUNCTION place(who integer, way text, worst integer, wanted integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE makers refcursor; maker record; part integer;
BEGIN
    PERFORM 1 FROM market WHERE id = 1 FOR UPDATE;
    IF way = 'buy' THEN
        OPEN makers FOR SELECT id, price, open FROM resting
            WHERE side = 'sell' AND price <= worst AND open > 0 ORDER BY price, id FOR UPDATE;
    ELSE
        OPEN makers FOR SELECT id, price, open FROM resting
            WHERE side = 'buy' AND price >= worst AND open > 0 ORDER BY price DESC, id FOR UPDATE;
    END IF;
    WHILE wanted > 0 LOOP
        FETCH makers INTO maker;
        EXIT WHEN NOT FOUND;
        part := least(wanted, maker.open);
        UPDATE resting SET open = open - part WHERE id = maker.id;
        INSERT INTO trade (maker, taker, price, quantity) VALUES (maker.id, who, maker.price, part);
        wanted := wanted - part;
    END LOOP;
    INSERT INTO resting (account, side, price, open) VALUES (who, way, worst, wanted);
END $$;
"""
# The best opposite rows, for each side; a few at a time.
BEST = {
    "buy": """SELECT id, price, open FROM resting WHERE side = 'sell' AND price <= %s AND open > 0
              ORDER BY price, id LIMIT 5 FOR UPDATE""",
    "sell": """SELECT id, price, open FROM resting WHERE side = 'buy' AND price >= %s AND open > 0
               ORDER BY price DESC, id LIMIT 5 FOR UPDATE""",
}
Order = dict[str, Any]
Place = Callable[[psycopg.Cursor, Order], None]


def place_by_statements(cursor: psycopg.Cursor, order: Order) -> None:
    """Match an order from outside the database. Requires a transaction."""
    side, price, wanted = order["side"], order["price_ticks"], order["quantity"]
    cursor.execute("SELECT 1 FROM market WHERE id = 1 FOR UPDATE")
    while wanted:
        makers = cursor.execute(BEST[side], [price]).fetchall()
        for maker, maker_price, is_open in makers:
            part = min(wanted, is_open)
            wanted -= part
            cursor.execute("UPDATE resting SET open = open - %s WHERE id = %s", [part, maker])
            cursor.execute(
                "INSERT INTO trade (maker, taker, price, quantity) VALUES (%s, %s, %s, %s)",
                [maker, order["account"], maker_price, part],
            )
            if not wanted:
                break
        if not makers:
            break
    cursor.execute(
        "INSERT INTO resting (account, side, price, open) VALUES (%s, %s, %s, %s)",
        [order["account"], side, price, wanted],
    )


def place_by_function(cursor: psycopg.Cursor, order: Order) -> None:
    """Have the database match an order. Requires a transaction."""
    cursor.execute(
        "SELECT place(%s, %s, %s, %s)",
        [order["account"], order["side"], order["price_ticks"], order["quantity"]],
    )


WAYS = (("statements", place_by_statements), ("a function", place_by_function))


def connect() -> psycopg.Connection:
    """Return a connection to the benchmark's own tables."""
    return psycopg.connect(
        os.environ["DATABASE_URL"], options="-c search_path=likely_matching_benchmark"
    )


def run(place: Place, orders: Sequence[Order], clients: int) -> float:
    """Place the orders on empty tables, each in a transaction; return the seconds it took."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(TABLES)
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        parts = [orders[client::clients] for client in range(clients)]
        for done in [pool.submit(place_all, place, part) for part in parts]:
            done.result()
    return time.perf_counter() - started


def place_all(place: Place, orders: Sequence[Order]) -> None:
    """Be one client: one order after the other, each committed before the next."""
    with closing(connect()) as connection, connection.cursor() as cursor:
        for order in orders:
            place(cursor, order)
            connection.commit()


def count_trades() -> tuple[int, int]:
    """Return how many trades there are, and how many contracts."""
    with closing(connect()) as connection:
        row = connection.execute(
            "SELECT count(*), coalesce(sum(quantity), 0) FROM trade"
        ).fetchone()
    return row or (0, 0)


def run_engine(orders: int) -> tuple[float, tuple[int, int]]:
    """Have the engine match the stream in memory; return the seconds and the trades."""
    engine = Engine(unlimited_funds=True)
    asked = [commands.decode(one) for one in make_commands(orders)]
    started = time.perf_counter()
    events = [event for command in asked for event in engine.apply(command)]
    seconds = time.perf_counter() - started
    quantities = [event.quantity for event in events if type(event).__name__ == "TradeExecuted"]
    return seconds, (len(quantities), sum(quantities))


def main() -> None:
    """Print one table: medians of several runs, taken in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    orders = list(make_commands(options.orders))[1:]
    times: dict[tuple[str, int], list[float]] = {}
    for _ in range(options.runs):
        seconds, expected = run_engine(options.orders)
        times.setdefault(("the engine, in memory", 1), []).append(seconds)
        for name, place in WAYS:
            for clients, who in ((1, "1 client"), (4, "4 clients")):
                seconds = run(place, orders, clients)
                times.setdefault((f"{name}, {who}", clients), []).append(seconds)
                # Clients overtake each other; in one stream the order is that of the engine.
                assert clients > 1 or count_trades() == expected, "not the trades of the engine"
    report(times, len(orders), expected[0])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute("DROP SCHEMA likely_matching_benchmark CASCADE")


def report(times: dict[tuple[str, int], list[float]], orders: int, trades: int) -> None:
    """Print one table."""
    print(f"{orders} orders, {trades} trades, median of {len(next(iter(times.values())))} runs")
    print(f"{'matched by':<34}{'orders/s':>10}{'ms an order':>13}")
    for (label, clients), values in times.items():
        seconds = median(values)
        per_order = 1_000 * clients * seconds / orders
        print(f"{label:<34}{orders / seconds:>10.0f}{per_order:>13.2f}")


if __name__ == "__main__":
    main()
