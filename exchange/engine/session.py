"""Lines in, lines out: one run of the command line, without its files."""

from collections.abc import Sequence
from typing import Any, Final

from exchange.engine import commands, events
from exchange.engine.commands import (
    CancelAll,
    CancelOrder,
    Command,
    CrossTrade,
    Fund,
    OpenMarket,
    PlaceOrder,
    ReduceOrder,
    ReplaceOrder,
)
from exchange.engine.engine import Engine
from exchange.engine.events import Event, MarketOpened
from exchange.engine.fields import InputError, parse_object
from exchange.engine.journal import JSON_LINES, Journal, to_json
from exchange.engine.packing import pack

LINE_BYTES_MAX: Final = 1 << 20


class Session:
    """Answers numbered lines. `depth_levels` None leaves the Depth lines out.

    What was carried out since the last `record` waits to be journaled.
    """

    def __init__(self, journal: Journal, depth_levels: int | None) -> None:
        self.journal: Final = journal
        self.depth_levels: Final = depth_levels
        self.line_number = 0
        self._lines: list[bytes] = []
        self._events: list[Event] = []

    def answer(self, line: bytes, output: list[str]) -> None:
        """Carry out the next line and add its answers to output.

        A line that is no command of this engine gives an InputError and changes nothing.
        """
        self.line_number += 1
        try:
            command = read_command(line)
        except InputError as error:
            fault = {"type": "InputError", "line": self.line_number, "message": str(error)}
            output.append(to_json(fault))
            return
        engine = self.journal.run.engine
        contract = touched_contract(engine, command)
        given = self.journal.run.apply(command)
        self._lines.append(line)
        self._events += given
        output.extend(to_json(events.encode(event)) for event in given)
        if self.depth_levels is not None:
            output.extend(to_json(depth) for depth in self._depths(command, given, contract))

    def record(self) -> bytes:
        """Return the journal's record of what was carried out since the last time; may be empty."""
        lines, given = self._lines, self._events
        self._lines, self._events = [], []
        if not lines:
            return b""
        return self.journal.group(
            JSON_LINES, len(lines), b"\n".join(lines), len(given), pack(given)
        )

    def summary(self) -> str:
        """Return the last line of the run."""
        return to_json(self.journal.run.summary())

    def _depths(
        self, command: Command, given: Sequence[Event], contract: int | None
    ) -> list[dict[str, Any]]:
        if isinstance(command, Fund):
            return []
        if isinstance(command, OpenMarket) and given and isinstance(given[-1], MarketOpened):
            return [self._depth(contract) for contract in command.contracts]
        return [self._depth(contract)]

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


def touched_contract(engine: Engine, command: Command) -> int | None:
    """Return the contract that a command not yet applied is about, None where there is none.

    Commands on a whole market or account are about none in this sense.
    """
    if isinstance(command, CancelAll) and command.contract is not None:
        return None if engine.market_of(command.contract) is None else command.contract
    if isinstance(command, PlaceOrder | CrossTrade):
        return None if engine.market_of(command.contract) is None else command.contract
    if isinstance(command, CancelOrder | ReduceOrder | ReplaceOrder):
        order = engine.find_order(command.order)
        return None if order is None else order.contract
    return None
