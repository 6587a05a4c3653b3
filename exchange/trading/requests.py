"""What a member asks for, already parsed."""

from dataclasses import dataclass

from exchange.markets.models import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """An order as asked for, already parsed."""

    contract: Contract
    side: str
    price_ticks: int
    quantity: int
    kind: str = "limit"
    time_in_force: str = "GTC"
    stp: str = "cancel_newest"
    client_order_id: str = ""
