"""The words of mails: subjects, and reasons in plain language."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from core.errors import MEANINGS, Code
from core.formatting import format_gain, format_price

_TITLE_MAX: Final = 120
_SUBJECT_MAX: Final = 250
_WHAT: Final = {
    "new": "Accepted",
    "partially_filled": "Partially filled",
    "filled": "Filled",
    "cancelled": "Cancelled",
    "expired": "Expired",
    "rejected": "Rejected",
}
_WHY_CANCELLED: Final = {
    "member": "You cancelled it.",
    "ioc_remainder": "It was immediate-or-cancel: what did not trade at once was cancelled.",
    "self_trade": "It would have traded with another order of yours.",
    "market_closed": "The market closed, and open orders are cancelled then.",
    "market_settled": "The market was settled, and open orders are cancelled then.",
    "market_voided": "The market was voided, and open orders are cancelled then.",
}
_CODES: Final = frozenset(Code)


def what_happened(kind: str) -> str:
    """Return a status of an order as the first word of a subject."""
    return _WHAT[kind]


def order_words(data: Mapping[str, Any]) -> str:
    """Return an order in a few words: "buy 10 Yes at 0.45"."""
    price = format_price(data["price_ticks"], data["step_ticks"])
    return f"{data['side']} {data['order_quantity']:,} {data['contract']} at {price}"


def order_subject(kind: str, data: Mapping[str, Any]) -> str:
    """Return a subject such as "Filled: buy 10 Yes at 0.45 - Will it rain?"."""
    return _one_line(f"{what_happened(kind)}: {order_words(data)} - {_title(data)}")


def market_subject(kind: str, data: Mapping[str, Any]) -> str:
    """Return a subject such as "Settled: +5.50 - Will it rain?"."""
    if kind == "voided":
        return _one_line(f"Voided: every trade is undone - {_title(data)}")
    return _one_line(f"Settled: {format_gain(data['amount_ticks'])} - {_title(data)}")


def why_cancelled(reason: str) -> str:
    """Return a cancel reason of the engine as a sentence."""
    return _WHY_CANCELLED.get(reason) or f"Reason: {reason.replace('_', ' ')}."


def why_rejected(reason: str) -> tuple[str, str]:
    """Return a reject reason of the engine as a sentence, and what to do about it."""
    meaning = MEANINGS[Code(reason) if reason in _CODES else Code.INTERNAL_ERROR]
    return f"{meaning.title}.", meaning.hint


def _title(data: Mapping[str, Any]) -> str:
    title = str(data["market"])
    return title if len(title) <= _TITLE_MAX else f"{title[: _TITLE_MAX - 1].rstrip()}…"


def _one_line(text: str) -> str:
    """Leave no line break or other control character: a title must not make mail headers."""
    plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(plain.split())[:_SUBJECT_MAX]
