"""Loading recorded order flow: commands in the engine's format, through the site's own inbox.

A file has its own numbers of orders, accounts and contracts; they get ids of the site. Accounts
`flow-<n>` are opened and funded by grants, the markets it names are created and opened.
"""

import gzip
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from core.ids import new_id
from core.money import PAYOUT_TICKS
from exchange.engine.commands import InputError, decode
from exchange.ledger.services import open_operator_account
from exchange.markets.models import Market
from exchange.markets.services import create_event, create_market
from exchange.trading import inbox
from exchange.trading.gateway import lifecycle_command, submit_many
from exchange.trading.models import InboxCommand
from exchange.trading.offered import is_offered
from exchange.trading.owner import BooksOwner
from exchange.trading.owning.registry import has_workers

GROUP_COMMANDS: Final = 500
INBOX_DEPTH_MAX: Final = 5_000
# Enough for any recorded flow; operators' accounts have no member behind them.
GRANT_TICKS: Final = 10**13
_STEPS: Final = {
    "HaltMarket": "halt",
    "ResumeMarket": "resume",
    "CloseMarket": "close",
    "VoidMarket": "void",
}


class LoadError(Exception):
    """A line of the file cannot be loaded; says which and why."""


def read_commands(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file, one a line, .gz or plain. Raises LoadError."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                command = json.loads(line)
            except ValueError as error:
                raise LoadError(f"line {number}: {error}") from error
            if not isinstance(command, dict):
                raise LoadError(f"line {number}: not an object")
            yield command


@dataclass(slots=True)
class FlowLoader:
    """Turns a file's commands into inbox rows.

    `payout` is what a contract pays in the file's own units; prices are multiplied by
    10000 / payout, which must be whole.
    """

    name: str
    payout: int
    markets: dict[int, Market] = field(default_factory=dict)
    contracts: dict[int, tuple[int, int]] = field(default_factory=dict)
    orders: dict[int, tuple[int, int]] = field(default_factory=dict)
    accounts: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.payout <= 1 or PAYOUT_TICKS % self.payout:
            raise LoadError(f"payout {self.payout}: must divide {PAYOUT_TICKS}")

    @property
    def factor(self) -> int:
        """Ticks of the site for one unit of the file."""
        return PAYOUT_TICKS // self.payout

    def row(self, command: dict[str, Any]) -> InboxCommand:
        """Return the inbox row of one command, making what it names. Raises LoadError."""
        # What time it is, is said by the book.
        command = {name: value for name, value in command.items() if name != "time"}
        kind = command.get("type")
        _check(command)
        try:
            if kind == "OpenMarket":
                return self._open_market(command)
            if kind == "PlaceOrder":
                return self._place_order(command)
            if kind in {"CancelOrder", "ReduceOrder"}:
                return self._change_order(command)
            if kind in {*_STEPS, "SettleMarket"}:
                return self._step(command)
        except KeyError as error:
            raise LoadError(f"{kind}: {error} is missing or unknown in {command}") from error
        raise LoadError(f"{kind!r} cannot be loaded")

    def _open_market(self, command: dict[str, Any]) -> InboxCommand:
        numbers = command["contracts"]
        event = create_event(title=f"Recorded flow {self.name}", category="Recorded flow")
        market = create_market(
            event=event,
            title=f"Recorded flow {self.name}, market {command['market']}",
            outcomes=[f"Contract {number}" for number in numbers],
            rules="Recorded order flow, loaded by an operator.",
            has_other=command.get("other", False),
            price_step_ticks=command.get("price_step_ticks", 1) * self.factor,
        )
        self.markets[command["market"]] = market
        for number, contract in zip(numbers, market.contracts.all(), strict=True):
            self.contracts[number] = (contract.pk, market.shard)
        return _row(market.shard, lifecycle_command(market, "open"))

    def _place_order(self, command: dict[str, Any]) -> InboxCommand:
        contract_id, shard = self.contracts[command["contract"]]
        account_id = self._account(command["account"])
        order_id = new_id()
        self.orders[command["order"]] = (order_id, shard)
        placed = command | {
            "order": order_id,
            "account": account_id,
            "contract": contract_id,
            "price_ticks": command["price_ticks"] * self.factor,
        }
        return inbox.new_row(
            command_id=order_id, shard=shard, command=placed, account_id=account_id
        )

    def _change_order(self, command: dict[str, Any]) -> InboxCommand:
        order_id, shard = self.orders[command["order"]]
        account_id = self._account(command["account"])
        changed = command | {"order": order_id, "account": account_id}
        return _row(shard, changed, account_id)

    def _step(self, command: dict[str, Any]) -> InboxCommand:
        market = self.markets[command["market"]]
        stepped = command | {"market": market.pk}
        if command["type"] == "SettleMarket" and command["winner"] is not None:
            stepped["winner"] = self.contracts[command["winner"]][0]
        return _row(market.shard, stepped)

    def _account(self, number: int) -> int:
        if number not in self.accounts:
            account = open_operator_account(code=f"flow-{number}", grant_ticks=GRANT_TICKS)
            self.accounts[number] = account.pk
        return self.accounts[number]


def _check(command: dict[str, Any]) -> None:
    """Raise LoadError for a command that the exchange does not offer."""
    kind = command.get("type")
    try:
        is_known = is_offered(decode(command))
    except InputError as error:
        raise LoadError(f"{kind!r} cannot be loaded: {error} in {command}") from error
    if not is_known:
        raise LoadError(f"{kind!r} cannot be loaded: the exchange does not offer it: {command}")


def load(loader: FlowLoader, commands: Iterable[dict[str, Any]]) -> Iterator[int]:
    """Put commands into the inbox in groups, never more than the books can follow.

    Yields how many went in with each group, and waits at the end until all are judged. Where
    no book worker runs, the books are served here meanwhile.
    """
    drain = Drain()
    try:
        group: list[InboxCommand] = []
        for command in commands:
            group.append(loader.row(command))
            if len(group) == GROUP_COMMANDS:
                submit_many(group)
                yield len(group)
                group = []
                drain.until(INBOX_DEPTH_MAX)
        submit_many(group)
        yield len(group)
        drain.until(0)
    finally:
        drain.stop()


class Drain:
    """Waits for the books to follow, and serves shards that no worker serves."""

    def __init__(self) -> None:
        self._owner = BooksOwner(range(settings.BOOK_SHARDS))

    def until(self, depth: int) -> None:
        """Return when at most `depth` commands wait."""
        while inbox.depth() > depth:
            if has_workers():
                self.stop()
            elif list(self._owner.step()):
                continue
            time.sleep(0.02)

    def stop(self) -> None:
        """Hand over what was served here."""
        self._owner.stop()


def _row(shard: int, command: dict[str, Any], account_id: int | None = None) -> InboxCommand:
    return inbox.new_row(command_id=new_id(), shard=shard, command=command, account_id=account_id)
