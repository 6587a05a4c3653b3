"""Lines in, lines out: one run of the command line, without its files."""

from collections.abc import Sequence
from typing import Any, Final

from exchange.engine import commands, events
from exchange.engine.commands import CancelOrder, Command, Fund, OpenMarket, PlaceOrder, ReduceOrder
from exchange.engine.events import (
    CancelRejected,
    Event,
    MarketOpened,
    OrderAccepted,
    OrderCancelled,
    OrderReduced,
    OrderRejected,
)
from exchange.engine.fields import InputError, parse_object
from exchange.engine.journal import Journal, to_json

LINE_BYTES_MAX: Final = 1 << 20

_order_commands: Final = (PlaceOrder, CancelOrder, ReduceOrder)
_order_events: Final = (
    OrderAccepted,
    OrderRejected,
    OrderCancelled,
    OrderReduced,
    CancelRejected,
)


class Session:
    """Answers numbered lines. `depth_levels` None leaves the Depth lines out."""

    def __init__(self, journal: Journal, depth_levels: int | None) -> None:
        self.journal = journal
        self.depth_levels = depth_levels
        self.line_number = 0

    def answer(self, line: bytes, output: list[str], records: list[bytes] | None) -> None:
        """Carry out the next line; add its answers to output and its journal line to records.

        With records None no journal is made. A line that is no command of this engine gives an
        InputError and changes nothing.
        """
        self.line_number += 1
        try:
            command = read_command(line)
        except InputError as error:
            fault = {"type": "InputError", "line": self.line_number, "message": str(error)}
            output.append(to_json(fault))
            return
        given = self.journal.run.apply(command)
        if records is not None:
            records.append(self.journal.record(command, given))
        output.extend(to_json(events.encode(event)) for event in given)
        if self.depth_levels is not None:
            output.extend(to_json(depth) for depth in self._depths(command, given))

    def summary(self) -> str:
        """Return the last line of the run."""
        return to_json(self.journal.run.summary())

    def _depths(self, command: Command, given: Sequence[Event]) -> list[dict[str, Any]]:
        if isinstance(command, Fund):
            return []
        if isinstance(command, OpenMarket) and isinstance(given[0], MarketOpened):
            return [self._depth(contract) for contract in command.contracts]
        return [self._depth(touched_contract(command, given))]

    def _depth(self, contract: int | None) -> dict[str, Any]:
        if contract is None:
            return {"type": "Depth", "contract": None, "bids": [], "asks": []}
        depth = self.journal.run.engine.depth(contract, self.depth_levels)
        return {"type": "Depth", "contract": contract, "bids": depth.bids, "asks": depth.asks}


def read_command(line: bytes) -> Command:
    """Return the command on a line. Raises InputError."""
    if len(line) > LINE_BYTES_MAX:
        raise InputError("the line is longer than 1 MiB")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise InputError("the line is not UTF-8") from None
    return commands.decode(parse_object(text))


def touched_contract(command: Command, given: Sequence[Event]) -> int | None:
    """Return the contract of the order that a command was about, None where there is none.

    Commands on a whole market touch no contract in this sense.
    """
    if isinstance(command, _order_commands):
        first = given[0]
        if isinstance(first, _order_events) and first.market is not None:
            return first.contract
    return None
