"""Run recorded order flow through the engine and check it against what the market really did.

    python -m tests.engine.check_flow msft_20k

The data stands beside the repository, in ../shared/data (see its README); nothing here needs it.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exchange.engine import Engine
from exchange.engine.commands import Command, OpenMarket, PlaceOrder, decode
from exchange.engine.events import Event, TradeExecuted

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "flow"
PAYOUT_TICKS = {"msft_20k": 100, "aapl_hour": 100, "polymarket_games": 1000}


class Flow:
    """A recorded flow: commands, and for each one what must hold after it."""

    def __init__(self, name: str) -> None:
        self.engine = Engine(PAYOUT_TICKS[name], unlimited_funds=True)
        self.name = name
        self.checked = 0
        self.contract_of: dict[int, int] = {}

    def run(self) -> int:
        """Check the whole flow; return the number of facts that were checked."""
        pairs = zip(self._lines("commands"), self._lines("expected"), strict=True)
        for number, (members, expected) in enumerate(pairs, start=1):
            command = decode(members)
            self._check(number, command, expected, self.engine.apply(command))
        self.engine.check_invariants()
        return self.checked

    def _lines(self, kind: str) -> Iterator[dict[str, Any]]:
        with gzip.open(FOLDER / f"{self.name}.{kind}.ndjson.gz", "rt") as file:
            yield from map(json.loads, file)

    def _check(self, number: int, command: Command, expected: dict, events: list[Event]) -> None:
        trades = [event for event in events if isinstance(event, TradeExecuted)]
        found = {
            "trades": [[trade.maker_order, trade.price_ticks, trade.quantity] for trade in trades],
            "fills": totals(trades),
        }
        contract = self._contract(command)
        if "levels" in expected:
            depth = self.engine.depth(contract, expected.pop("levels"))
            found |= {"bids": [*map(list, depth.bids)], "asks": [*map(list, depth.asks)]}
        for fact, value in expected.items():
            assert found[fact] == value, f"line {number} {command}: {fact} {found[fact]} != {value}"
            self.checked += 1

    def _contract(self, command: Command) -> int:
        if isinstance(command, OpenMarket):
            return command.contracts[0]
        if isinstance(command, PlaceOrder):
            self.contract_of[command.order] = command.contract
        # A cancel names no contract, and its order may be gone by now.
        return self.contract_of[command.order]


def totals(trades: list[TradeExecuted]) -> list[list[int]]:
    """Return [price, quantity] of consecutive trades at one price."""
    found: list[list[int]] = []
    for trade in trades:
        if found and found[-1][0] == trade.price_ticks:
            found[-1][1] += trade.quantity
        else:
            found.append([trade.price_ticks, trade.quantity])
    return found


def main() -> None:
    for name in sys.argv[1:] or PAYOUT_TICKS:
        checked = Flow(name).run()
        sys.stdout.write(f"{name}: {checked} facts hold\n")


if __name__ == "__main__":
    main()
