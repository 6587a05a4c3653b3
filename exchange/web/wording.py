"""The API's answers in a sentence."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

_PENDING: Final = "pending_new"
_TICKET_FIELDS: Final = ("price", "quantity", "contract", "side", "time_in_force")


def describe_answer(order: Mapping[str, Any]) -> str:
    """Say what became of an order that was taken."""
    if order["status"] == _PENDING:
        return "Order received. The book has not answered yet: it will appear among your orders."
    filled, resting = order["filled_quantity"], order["open_quantity"]
    if filled and resting:
        return f"Order placed: {filled} filled, {resting} resting in the book."
    if filled:
        rest = order["quantity"] - filled
        return f"{filled} filled; the other {rest} cancelled." if rest else f"All {filled} filled."
    if resting:
        return f"Order placed: {resting} resting in the book."
    return "Nothing could be filled at this price; the order was cancelled."


def is_placed(order: Mapping[str, Any]) -> bool:
    """Return whether an order that was taken filled or rests, or may still do so."""
    is_pending = order["status"] == _PENDING
    return bool(is_pending or order["filled_quantity"] or order["open_quantity"])


def describe_problem(problem: Mapping[str, Any]) -> str:
    """Say why something was refused, and what to do."""
    detail = _sentence(problem.get("detail") or problem.get("title") or "This did not work")
    hint = problem.get("hint")
    return f"{detail} {_sentence(hint)}" if hint else detail


def place_errors(form: forms.Form, problem: Mapping[str, Any]) -> None:
    """Put a problem's errors at the fields of the ticket they belong to."""
    for error in problem.get("errors", ()):
        if error.get("field") in _TICKET_FIELDS:
            form.add_error(error["field"], error.get("detail", ""))


def _sentence(text: str) -> str:
    text = str(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."
