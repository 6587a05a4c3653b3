"""What of the engine the exchange offers: commands whose every effect has its place in the tables.

The engine takes more than the tables can hold: voided trades, auctions, limits of accounts. What
is not offered is refused before it reaches a book: by whoever puts commands into the inbox, and
again where they are taken.
"""

from typing import Final

from exchange.engine import commands
from exchange.engine.commands import Command

_OFFERED: Final = (
    commands.OpenMarket,
    commands.CancelOrder,
    commands.ReduceOrder,
    commands.ReplaceOrder,
    commands.CancelAll,
    commands.HaltMarket,
    commands.CloseMarket,
    commands.SettleMarket,
    commands.VoidMarket,
    commands.CrossTrade,
)


def is_offered(command: Command) -> bool:
    """Whether the exchange carries the command out."""
    if command.time is not None:
        return False  # what time it is, is said by the batch
    if isinstance(command, commands.PlaceOrder):
        return command.price_ticks is not None
    if isinstance(command, commands.ResumeMarket):
        return not command.auction
    return isinstance(command, _OFFERED)
