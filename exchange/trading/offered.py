"""What of the engine the exchange offers: commands whose every effect has its place in the tables.

The engine takes more kinds of orders than the tables can hold yet. What is not offered is refused
before it reaches a book: by whoever puts commands into the inbox, and again where they are taken.
"""

from typing import Final

from exchange.engine import commands
from exchange.engine.commands import Command, Terms

_OFFERED: Final = (
    commands.OpenMarket,
    commands.CancelOrder,
    commands.ReduceOrder,
    commands.HaltMarket,
    commands.CloseMarket,
    commands.SettleMarket,
    commands.VoidMarket,
)


def is_offered(command: Command) -> bool:
    """Whether the exchange carries the command out."""
    if isinstance(command, commands.PlaceOrder):
        return command.price_ticks is not None and has_offered_terms(command.terms)
    if isinstance(command, commands.ResumeMarket):
        return not command.auction
    return isinstance(command, _OFFERED)


def has_offered_terms(terms: Terms) -> bool:
    """Whether an order with these terms can be kept: a limit order that rests or is cancelled."""
    return terms.is_plain and terms.on_halt == "keep" and terms.stp in {"cancel_newest", "allow"}
