"""Scenarios a trader can read: commands, with the events, books and money they lead to.

The language is described for its readers in tests/engine/scenarios/README.md; `phrases` reads its
commands, `telling` writes its events. `Scenario.play` carries out the commands and writes the text
again with what really happened, so a scenario holds exactly when it plays as itself, and a failure
shows as the difference of two texts.
"""

import re
from collections.abc import Iterator
from difflib import unified_diff
from textwrap import dedent

from exchange.engine import Engine, RestingOrder
from exchange.engine.events import Event
from tests.engine.phrases import ACCOUNTS, commands_of
from tests.engine.telling import NAMES, describe

INDENT = "    "
MONEY = re.compile(rf"(?P<who>{'|'.join(ACCOUNTS)})(?: in (?P<market>\d+))?: .*")


class Scenario:
    """An engine whose contracts pay 100 ticks unless told otherwise, so that prices read as cents.

    `events` are all that happened so far.
    """

    def __init__(self) -> None:
        self.engine = Engine(payout_ticks=100, keeps_trades=True)
        self.events: list[Event] = []
        self.contracts: list[int] = []
        self.seqs: dict[int, int] = {}

    def play(self, text: str) -> str:
        """Return the text as it really goes."""
        lines = [line for line in dedent(text).splitlines() if line.strip()]
        return "\n".join(self._lines(lines)) + "\n"

    def _lines(self, given: list[str]) -> Iterator[str]:
        for line in given:
            if line.startswith(INDENT):
                continue
            money = MONEY.fullmatch(line)
            if money:
                yield self._money(**money.groupdict())
                continue
            yield line
            if line.startswith("> "):
                yield from self._apply(line[2:])
            else:
                yield from self._book(line)

    def _apply(self, text: str) -> Iterator[str]:
        for command in commands_of(text, self.contracts):
            happened = self.engine.apply(command)
            self.engine.check_invariants()
            self.events += happened
            for event in happened:
                self._count(event)
                yield INDENT + describe(event)

    def _count(self, event: Event) -> None:
        """Every event of a market has the next number, which no text need say."""
        if event.seq is not None:
            assert event.seq == self.seqs.get(event.market, 0) + 1, event
            self.seqs[event.market] = event.seq

    def _book(self, line: str) -> Iterator[str]:
        asked = re.fullmatch(r"book (\d+)", line)
        assert asked, f"neither a command nor a question of the scenario language: {line}"
        contract = int(asked[1])
        for order in self.engine.open_orders(contract):
            yield f"{INDENT}{_resting(order, f'@ {order.price_ticks}')}"
        for order in self.engine.waiting_orders(contract):
            yield f"{INDENT}{_resting(order, _waiting_for(order))}"

    def _money(self, who: str, market: str | None) -> str:
        account = ACCOUNTS[who]
        number = int(market) if market else self.engine.market_of(self.contracts[0])
        held = self.engine.holding(account, number)
        quantities = " ".join(map(str, held.quantities))
        return (
            f"{who}{f' in {market}' if market else ''}: "
            f"exposure {self.engine.exposure_ticks(account, number)}, "
            f"available {self.engine.available_ticks(account)}, "
            f"cash {held.cash_ticks}, holds {quantities}"
        )


def _resting(order: RestingOrder, price: str) -> str:
    return f"{order.side} {order.open_quantity} {price} #{order.order} {NAMES[order.account]}"


def _waiting_for(order: RestingOrder) -> str:
    if order.terms.kind == "stop_limit":
        return f"when {order.terms.stop_ticks} @ {order.price_ticks}"
    way = "up to" if order.side == "buy" else "down to"
    return f"when {order.terms.stop_ticks} {way} {order.price_ticks}"


def play(text: str) -> list[Event]:
    """Assert that the scenario plays as it is written; return what happened."""
    scenario = Scenario()
    written = [line for line in dedent(text).splitlines() if line.strip()]
    played = scenario.play(text).splitlines()
    if played != written:
        lines = unified_diff(written, played, "as it is written", "as it goes", n=5, lineterm="")
        raise AssertionError("\n".join(lines))
    return scenario.events
