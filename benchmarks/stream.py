"""A stream of orders for the benchmarks, the same for every run, in the engine's input format.

    python -m benchmarks.stream [--orders 5000] [--resting] > orders.ndjson

One yes/no market; prices are ticks. With --resting no order trades, and all stay open.
"""

import argparse
import json
import random
from collections.abc import Iterator
from typing import Any

MARKET, CONTRACT = 1, 11
BUYERS, SELLERS = range(1, 11), range(11, 21)  # apart: nobody meets an own order


def make_commands(orders: int, *, resting: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the opening of the market, then the orders."""
    chance = random.Random(7)  # noqa: S311 -- the same stream each time is the point
    yield {"type": "OpenMarket", "market": MARKET, "contracts": [CONTRACT], "time": 0}
    for number in range(1, orders + 1):
        side = chance.choice(("buy", "sell"))
        # Bids and asks overlap by half of their range, or not at all.
        lowest = {"buy": 4_000, "sell": 5_000 if resting else 4_500}[side]
        yield {
            "type": "PlaceOrder",
            "order": number,
            "account": chance.choice(BUYERS if side == "buy" else SELLERS),
            "contract": CONTRACT,
            "side": side,
            "kind": "limit",
            "price_ticks": lowest + 10 * chance.randrange(100),
            "quantity": chance.randint(1, 20),
            "tif": "GTC",
            "time": number,
        }


def main() -> None:
    """Print the commands, one a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--resting", action="store_true")
    options = parser.parse_args()
    for command in make_commands(options.orders, resting=options.resting):
        print(json.dumps(command))


if __name__ == "__main__":
    main()
