"""Recorded order flow beside the repository; tests that need it are skipped where it is absent."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.engine import Engine, commands

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
Depths = dict[int, tuple[list[tuple[int, int]], list[tuple[int, int]]]]


@dataclass(frozen=True, slots=True)
class Flow:
    """A recorded market's commands; `payout` is what a contract pays in its prices' units."""

    name: str
    payout: int

    @property
    def path(self) -> Path:
        return FOLDER / "flow" / f"{self.name}.commands.ndjson.gz"

    def read(self) -> list[dict[str, Any]]:
        with gzip.open(self.path, "rt") as lines:
            return [json.loads(line) for line in lines]

    def final_depths(self) -> Depths:
        """What the engine alone makes of it: contract -> bids, asks."""
        engine = Engine(payout_ticks=self.payout, unlimited_funds=True)
        contracts: list[int] = []
        for command in self.read():
            engine.apply(commands.decode(command))
            contracts += command.get("contracts", [])
        depths = {contract: engine.depth(contract) for contract in contracts}
        return {contract: (depth.bids, depth.asks) for contract, depth in depths.items()}


FLOWS = (Flow("msft_20k", 100), Flow("polymarket_games", 1000), Flow("aapl_hour", 100))
