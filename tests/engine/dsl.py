"""Scenarios a trader can read: a text of commands, with the events, books and money they lead to.

    > open 1: 11                        a command; what it led to is indented below it
        opened 1
    > fund alice 1000
    > alice buys 10 @ 45 #1             of the first contract; "of 12" names another
        accepted #1
    > bob sells 4 @ 40 #2 IOC
        accepted #2
        traded 4 @ 45: #1 6 left, #2 0 left        the maker first
    book 11                             bids, then asks, each in price/time priority
        buy 6 @ 45 #1 alice
    alice: exposure 270, available 550, cash -180, holds 4

`play` carries out the commands and writes the text again with what really happened, so a scenario
holds exactly when it plays as itself, and a failure shows as the difference of two texts.
"""

import re
from collections.abc import Callable, Iterator
from textwrap import dedent

from exchange.engine import Engine, Side, commands, events
from exchange.engine.commands import Command

ACCOUNTS = {"alice": 1, "bob": 2, "charlie": 3, "dave": 4}
NAMES = {number: name for name, number in ACCOUNTS.items()}
INDENT = "    "


class Scenario:
    """An engine whose contracts pay 100 ticks, so that prices read as cents."""

    def __init__(self) -> None:
        self.engine = Engine(payout_ticks=100)
        self.contracts: list[int] = []

    def play(self, text: str) -> str:
        return "\n".join(self._lines(dedent(text).strip().splitlines())) + "\n"

    def _lines(self, given: list[str]) -> Iterator[str]:
        for line in given:
            if line.startswith(INDENT):
                continue
            name = line.partition(":")[0]
            yield self.money(name) if name in ACCOUNTS else line
            if line.startswith("> "):
                yield from self._apply(line[2:])
            elif line.startswith("book "):
                yield from self._book(int(line[5:]))

    def _apply(self, text: str) -> Iterator[str]:
        for event in self.engine.apply(self.command(text)):
            yield INDENT + describe(event)
        self.engine.check_invariants()

    def _book(self, contract: int) -> Iterator[str]:
        for order in self.engine.open_orders(contract):
            who = NAMES[order.account]
            terms = f"{order.open_quantity} @ {order.price_ticks}"
            yield f"{INDENT}{order.side} {terms} #{order.order} {who}"

    def money(self, name: str) -> str:
        account = ACCOUNTS[name]
        market = self.engine.market_of(self.contracts[0])
        held = self.engine.holding(account, market)
        quantities = " ".join(map(str, held.quantities))
        return (
            f"{name}: exposure {self.engine.exposure_ticks(account, market)}, "
            f"available {self.engine.available_ticks(account)}, "
            f"cash {held.cash_ticks}, holds {quantities}"
        )

    def command(self, text: str) -> Command:
        for pattern, make in GRAMMAR.items():
            found = re.fullmatch(pattern, text)
            if found:
                return make(self, **found.groupdict())
        raise AssertionError(f"not a command of the scenario language: {text}")

    def open_market(self, market, contracts, other, step) -> Command:
        self.contracts += map(int, contracts.split())
        return commands.OpenMarket(
            int(market),
            tuple(map(int, contracts.split())),
            other=bool(other),
            payout_ticks=None,
            price_step_ticks=int(step or 1),
        )

    def place(self, *, who, verb, quantity, price, contract, order, tif, stp) -> Command:
        return commands.PlaceOrder(
            int(order),
            ACCOUNTS[who],
            int(contract or self.contracts[0]),
            Side.BUY if verb == "buys" else Side.SELL,
            int(price),
            int(quantity),
            tif=tif or "GTC",
            stp=stp or "cancel_newest",
        )


def _market_command(made: type) -> Callable[..., Command]:
    return lambda _, market: made(int(market))


GRAMMAR: dict[str, Callable[..., Command]] = {
    r"open (?P<market>\d+): (?P<contracts>[\d ]+?)(?P<other> other)?( step (?P<step>\d+))?": (
        Scenario.open_market
    ),
    r"fund (?P<who>\w+) (?P<amount>-?\d+)": (
        lambda _, who, amount: commands.Fund(ACCOUNTS[who], int(amount))
    ),
    r"(?P<who>\w+) (?P<verb>buys|sells) (?P<quantity>-?\d+) @ (?P<price>-?\d+)"
    r"( of (?P<contract>\d+))? #(?P<order>\d+)( (?P<tif>IOC|GTC))?( (?P<stp>allow))?": (
        Scenario.place
    ),
    r"(?P<who>\w+) cancels #(?P<order>\d+)": (
        lambda _, who, order: commands.CancelOrder(int(order), ACCOUNTS[who])
    ),
    r"(?P<who>\w+) reduces #(?P<order>\d+) by (?P<by>-?\d+)": (
        lambda _, who, order, by: commands.ReduceOrder(int(order), ACCOUNTS[who], int(by))
    ),
    r"halt (?P<market>\d+)": _market_command(commands.HaltMarket),
    r"resume (?P<market>\d+)": _market_command(commands.ResumeMarket),
    r"close (?P<market>\d+)": _market_command(commands.CloseMarket),
    r"void (?P<market>\d+)": _market_command(commands.VoidMarket),
    r"settle (?P<market>\d+): (?P<winner>\d+|none)": (
        lambda _, market, winner: commands.SettleMarket(
            int(market), None if winner == "none" else int(winner)
        )
    ),
}


def describe(event: events.Event) -> str:  # noqa: PLR0911 -- one return for each event
    """Return the event as a scenario writes it."""
    match event:
        case events.OrderAccepted():
            return f"accepted #{event.order}"
        case events.OrderRejected():
            return f"rejected #{event.order}: {event.reason}"
        case events.TradeExecuted():
            return (
                f"traded {event.quantity} @ {event.price_ticks}: "
                f"#{event.maker_order} {event.maker_open_quantity} left, "
                f"#{event.taker_order} {event.taker_open_quantity} left"
            )
        case events.OrderCancelled():
            return f"cancelled #{event.order}: {event.quantity}, {event.reason}"
        case events.OrderReduced():
            return f"reduced #{event.order} by {event.by}: {event.open_quantity} left"
        case events.CancelRejected():
            return f"refused #{event.order}: {event.reason}"
        case events.AccountSettled():
            return f"settled {NAMES[event.account]}: {event.amount_ticks}"
        case events.MarketSettled():
            return f"settled {event.market}: {event.winner or 'none'}"
        case events.CommandRejected():
            return f"refused {event.command}: {event.reason}"
        case _:
            return f"{type(event).__name__.removeprefix('Market').lower()} {event.market}"


def play(text: str) -> None:
    """Assert that the scenario plays as it is written."""
    expected = dedent(text).strip() + "\n"
    assert Scenario().play(text) == expected
