"""The API's answers in a sentence."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

_PENDING: Final = "pending_new"
# Where the form's name of a member of the API is another one.
_FIELDS: Final[Mapping[str, str]] = {"type": "kind", "on_halt": "cancel_on_halt"}
# What a refusal without a field of its own is about.
_FIELD_OF_CODE: Final[Mapping[str, str]] = {
    "invalid_price": "price",
    "price_off_tick": "price",
    "price_outside_collar": "price",
    "invalid_quantity": "quantity",
    "invalid_stop_price": "stop_price",
    "invalid_expiry": "expires_at",
    "invalid_min_quantity": "min_quantity",
    "invalid_max_cost": "max_cost",
    "max_cost": "max_cost",
    "post_only": "post_only",
    "reduce_only": "reduce_only",
}

# What a market's status means for who wants to trade; of the others the page itself tells.
STATUS_NOTES: Final[Mapping[str, str]] = {
    "halted": "Halted: nobody can place an order. Yours stay, and you can cancel them.",
    "closed": "Closed: trading is over. It waits until what happened is decided.",
}


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
    if order.get("is_waiting"):
        return f"Order placed: {resting} waiting for the trigger price."
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


def describe_change(order: Mapping[str, Any], changed_id: int) -> str:
    """Say what became of an order `changed_id` that was changed: the same, or one in its place."""
    if order["status"].startswith("pending"):
        return "Change received. The book has not answered yet: reload in a moment."
    if order["id"] == str(changed_id):
        return "Order changed; it kept its place in the queue."
    return f"Order changed; it went to the back of the queue. {describe_answer(order)}"


def place_errors(form: forms.Form, problem: Mapping[str, Any]) -> None:
    """Put a problem's errors at the fields of the form they belong to."""
    for error in problem.get("errors", ()):
        name = str(error.get("field"))
        _add_error(form, _FIELDS.get(name, name), error.get("detail", ""))
    if not problem.get("errors"):
        name = _FIELD_OF_CODE.get(problem.get("code", ""), "")
        _add_error(form, name, describe_problem(problem))


def _add_error(form: forms.Form, name: str, words: str) -> None:
    if name in form.fields:
        form.add_error(name, words)


def _sentence(text: str) -> str:
    text = str(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."
