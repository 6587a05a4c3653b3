"""How outcomes and sides are called, the same on pages and in mails.

A market of one contract asks yes or no: selling Yes there is buying No, at what is left of
1 credit. Sides are the exchange's words, "buy" and "sell".
"""

from collections.abc import Sequence
from typing import Final

from core.money import PAYOUT_TICKS

YES: Final = "Yes"
NO: Final = "No"
_YES: Final = YES.casefold()
_BUY: Final = "buy"


def is_yes_no(names: Sequence[str]) -> bool:
    """Return whether outcomes ask for one contract, Yes: "Yes" alone, or Yes and No."""
    folded = sorted(name.casefold() for name in names)
    return folded in ([_YES], [NO.casefold(), _YES])


def name_other_outcome(contract_names: Sequence[str]) -> str:
    """Return the name of the outcome that has no book: "No", "not Brazil", "another outcome"."""
    if len(contract_names) > 1:
        return "another outcome"
    (name,) = contract_names
    return NO if name.casefold() == _YES else f"not {name}"


def name_traded(contract_name: str, side: str, *, is_yes_no: bool) -> tuple[str, str]:
    """Return an order as people say it: ("buy", "No"), ("sell", "Brazil")."""
    if is_yes_no and side != _BUY:
        return _BUY, name_other_outcome([contract_name])
    return side, contract_name


def price_traded(price_ticks: int, side: str, *, is_yes_no: bool) -> int:
    """Return the price of what `name_traded` names: selling Yes at 0.43 is buying No at 0.57."""
    return PAYOUT_TICKS - price_ticks if is_yes_no and side != _BUY else price_ticks
