"""How sides are called. A yes/no market has one contract: selling Yes there is buying No."""

from exchange.trading.models import Side

NO = "No"
_YES = "yes"


def name_side(contract_name: str, side: str, *, is_yes_no: bool) -> str:
    """Return what somebody on this side holds: "Yes", "No", "Not Brazil"."""
    if side == Side.BUY:
        return contract_name
    if is_yes_no and contract_name.lower() == _YES:
        return NO
    return f"Not {contract_name}"


def name_action(contract_name: str, side: str, *, is_yes_no: bool) -> str:
    """Return what an order does: "Buy Yes", "Buy No", "Sell Brazil"."""
    if is_yes_no:
        return f"Buy {name_side(contract_name, side, is_yes_no=True)}"
    return f"{'Buy' if side == Side.BUY else 'Sell'} {contract_name}"
