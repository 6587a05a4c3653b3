"""How sides are called. A yes/no market has one contract: selling Yes there is buying No."""

from exchange.markets.outcomes import name_other_outcome
from exchange.trading.models import Side


def name_held(contract_name: str, side: str, *, is_yes_no: bool) -> str:
    """Return what somebody on this side holds: "Yes", "No", "Brazil, sold"."""
    if side == Side.BUY:
        return contract_name
    return name_other_outcome([contract_name]) if is_yes_no else f"{contract_name}, sold"


def name_action(contract_name: str, side: str, *, is_yes_no: bool) -> str:
    """Return what an order does: "Buy Yes", "Buy No", "Sell Brazil"."""
    if is_yes_no:
        return f"Buy {name_held(contract_name, side, is_yes_no=True)}"
    return f"{'Buy' if side == Side.BUY else 'Sell'} {contract_name}"
