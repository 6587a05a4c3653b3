"""What a journal batch says that candles are made of. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exchange.marketdata.candles.bars import Print

# What makes a price: a cross was agreed beside the book.
PRICING_KINDS: Final = ("book", "auction")
_TRADES: Final = frozenset({"TradeExecuted", "TradeVoided"})


@dataclass(frozen=True, slots=True)
class Void:
    """A trade that is undone: its windows are to be made again."""

    trade: int
    contract: int


@dataclass(frozen=True, slots=True)
class Tape:
    """The prints and the voids of some batches, each in their order, and what they touched."""

    prints: Sequence[Print]
    voids: Sequence[Void]
    contracts: frozenset[int]


def read_tape(batches: Iterable[tuple[int, Iterable[Sequence[Any]]]]) -> Tape:
    """Return what batches say, each given as its time in ms and its entries."""
    prints: list[Print] = []
    voids: list[Void] = []
    contracts: set[int] = set()
    for time_ms, entries in batches:
        for *_, events in entries:
            for event in events:
                if event["type"] not in _TRADES:
                    continue
                contracts.add(event["contract"])
                if event["type"] == "TradeExecuted" and event["kind"] in PRICING_KINDS:
                    prints.append(_print(event, time_ms))
                elif event["type"] == "TradeVoided":
                    voids.append(Void(event["trade"], event["contract"]))
    return Tape(prints, voids, frozenset(contracts))


def _print(event: Any, time_ms: int) -> Print:
    return Print(
        market=event["market"],
        contract=event["contract"],
        trade=event["trade"],
        seq=event["seq"],
        price_ticks=event["price_ticks"],
        quantity=event["quantity"],
        time_s=time_ms // 1_000,
    )
