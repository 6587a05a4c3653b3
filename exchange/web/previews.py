"""The API's preview of an order, as the ticket's panel shows it (preview.js does the same)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.money import parse_ticks


@dataclass(frozen=True, slots=True)
class PreviewPanel:
    """What an order would do. Amounts in ticks; losses are negative."""

    cost_ticks: int
    payout_ticks: int
    profit_ticks: int
    fee_ticks: int
    worst_outcome: str
    worst_ticks: int
    available_after_ticks: int
    fills_now_quantity: int
    queue_ahead: int
    crosses_own_order: bool
    affordable: bool


def read_preview(body: Mapping[str, Any]) -> PreviewPanel:
    """Read the API's answer to POST orders/preview/."""
    return PreviewPanel(
        cost_ticks=read_amount(body["cost"]),
        payout_ticks=read_amount(body["payout"]),
        profit_ticks=read_amount(body["profit"]),
        fee_ticks=read_amount(body["fee"]),
        worst_outcome=body["worst_outcome_after"],
        worst_ticks=read_amount(body["worst_after"]),
        available_after_ticks=read_amount(body["available"]) - read_amount(body["cost"]),
        fills_now_quantity=body["fills_now_quantity"],
        queue_ahead=body["queue_ahead"],
        crosses_own_order=body["crosses_own_order"],
        affordable=body["affordable"],
    )


def read_amount(text: str) -> int:
    """Return the ticks of a decimal string of the API, which may be negative."""
    return -parse_ticks(text[1:]) if text.startswith("-") else parse_ticks(text)
