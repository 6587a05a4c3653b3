"""How sides are called on the pages, in the words of exchange.markets.outcomes."""

from exchange.markets.outcomes import name_traded
from exchange.trading.models import Side


def name_held(contract_name: str, side: str, *, is_yes_no: bool) -> str:
    """Return what somebody on this side holds: "Yes", "No", "Brazil, sold"."""
    verb, name = name_traded(contract_name, side, is_yes_no=is_yes_no)
    return name if verb == Side.BUY else f"{name}, sold"


def name_action(contract_name: str, side: str, *, is_yes_no: bool) -> str:
    """Return what an order does: "Buy Yes", "Buy No", "Sell Brazil"."""
    verb, name = name_traded(contract_name, side, is_yes_no=is_yes_no)
    return f"{verb.capitalize()} {name}"
