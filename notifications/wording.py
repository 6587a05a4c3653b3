"""The words of notifications, the same in the bell, on the page and in mails. Pure."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.errors import MEANINGS, Code
from core.formatting import format_credits, format_gain, format_price
from notifications.kinds import ORDER_KINDS, Kind

Data = Mapping[str, Any]

_TITLE_MAX: Final = 120
_SUBJECT_MAX: Final = 250
_WHAT: Final = {
    Kind.NEW: "Accepted",
    Kind.PARTIALLY_FILLED: "Partially filled",
    Kind.FILLED: "Filled",
    Kind.CANCELLED: "Cancelled",
    Kind.EXPIRED: "Expired",
    Kind.REJECTED: "Rejected",
    Kind.TRIGGERED: "Triggered",
    Kind.REDUCED: "Reduced",
    Kind.REPLACED: "Replaced",
}
_WHY_CANCELLED: Final = {
    "member": "You cancelled it.",
    "ioc_remainder": "It was immediate-or-cancel: what did not trade at once was cancelled.",
    "fok": "It was fill-or-kill, and not all of it could trade at once.",
    "min_quantity": "Less could trade at once than it had to.",
    "max_cost": "What it may cost pays for no more.",
    "reduce_only": "It was to reduce a position, and there is no more of it.",
    "market_halted": "The market was halted, and the order was not to stay through that.",
    "self_trade": "It would have traded with another order of yours.",
    "market_closed": "The market closed, and open orders are cancelled then.",
    "market_settled": "The market was settled, and open orders are cancelled then.",
    "market_voided": "The market was voided, and open orders are cancelled then.",
}
_NEWS: Final = {
    Kind.MARKET_OPENED: "Open for trading",
    Kind.MARKET_HALTED: "Halted: no orders are taken for now",
    Kind.MARKET_RESUMED: "Trading again",
    Kind.MARKET_CLOSED: "Closed: it waits for its result",
    Kind.MARKET_VOIDED: "Voided: every trade is undone",
}
_CODES: Final = frozenset(Code)


@dataclass(frozen=True, slots=True)
class Words:
    """A thing in words: a headline without a full stop, what it is about, and one line more."""

    title: str
    about: str = ""
    detail: str = ""

    @property
    def subject(self) -> str:
        """Return the one line that a mail about this alone has."""
        return one_line(" - ".join(filter(None, (self.title, shorten(self.about)))))


def words_of(kind: str, data: Data, actor: str = "") -> Words:
    """Return what a notification says. `actor` is the handle of who did it, "" for nobody."""
    if kind in ORDER_KINDS:
        return Words(_order_title(kind, data), data["market"], _order_detail(kind, data))
    known = _WORDS.get(kind)
    return _notice_words(kind, data, actor) if known is None else known(data)


def order_words(data: Data) -> str:
    """Return an order in a few words: "buy 10 Yes at 0.45"."""
    price = format_price(data["price_ticks"], data["step_ticks"])
    return f"{data['side']} {data['order_quantity']:,} {data['contract']} at {price}"


def why_cancelled(reason: str) -> str:
    """Return a cancel reason of the engine as a sentence."""
    return _WHY_CANCELLED.get(reason) or f"Reason: {reason.replace('_', ' ')}."


def why_rejected(reason: str) -> tuple[str, str]:
    """Return a reject reason of the engine as a sentence, and what to do about it."""
    meaning = MEANINGS[Code(reason) if reason in _CODES else Code.INTERNAL_ERROR]
    return f"{meaning.title}.", meaning.hint


def shorten(title: str) -> str:
    """Return a title that is short enough for a subject."""
    return title if len(title) <= _TITLE_MAX else f"{title[: _TITLE_MAX - 1].rstrip()}…"


def one_line(text: str) -> str:
    """Leave no line break or other control character: a title must not make mail headers."""
    plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(plain.split())[:_SUBJECT_MAX]


def _order_title(kind: str, data: Data) -> str:
    return f"{_WHAT[Kind(kind)]}: {order_words(data)}"


def _order_detail(kind: str, data: Data) -> str:
    """Return what an order's change says beyond its title."""
    if kind in {Kind.PARTIALLY_FILLED, Kind.FILLED}:
        return _fills_detail(kind, data)
    if kind in {Kind.CANCELLED, Kind.EXPIRED}:
        return f"{data['quantity']:,} of {data['order_quantity']:,} did not trade"
    if kind == Kind.REJECTED:
        return why_rejected(data["reason"])[0].rstrip(".")
    if kind == Kind.REDUCED:
        return f"{data['quantity']:,} left open"
    if kind == Kind.REPLACED:
        return f"Now {data['quantity']:,} at {replaced_price(data)}"
    return ""


def replaced_price(data: Data) -> str:
    """Return the price that a replaced order has now."""
    return format_price(data["new_price_ticks"], data["step_ticks"])


def _fills_detail(kind: str, data: Data) -> str:
    count = sum(quantity for _, quantity in data["fills"])
    total = format_credits(sum(price * quantity for price, quantity in data["fills"]))
    left = "" if kind == Kind.FILLED else f"; {data['quantity']:,} still open"
    return f"{count:,} for {total}{left}"


def _settled_words(data: Data) -> Words:
    gain = format_gain(data["amount_ticks"])
    return Words(f"Settled: {gain}", data["market"], f"The result: {data['winner']}")


def _voided_words(data: Data) -> Words:
    return Words("Voided: every trade is undone", data["market"])


def _trade_voided_words(data: Data) -> Words:
    price = format_price(data["price_ticks"], data["step_ticks"])
    trade = f"{data['side']} {data['quantity']:,} {data['contract']} at {price}"
    return Words(f"Trade voided: {trade}", data["market"], "It never counted: it was undone")


def _news_words(title: str) -> Callable[[Data], Words]:
    return lambda data: Words(title, data["market"])


def _result_words(data: Data) -> Words:
    return Words(f"Settled: {data['winner']}", data["market"])


_WORDS: Final[Mapping[str, Callable[[Data], Words]]] = {
    Kind.SETTLED: _settled_words,
    Kind.VOIDED: _voided_words,
    Kind.TRADE_VOIDED: _trade_voided_words,
    Kind.MARKET_SETTLED: _result_words,
    **{kind: _news_words(title) for kind, title in _NEWS.items()},
}
_PHRASES: Final = {
    "follow": "{actor} follows you",
    "followed": "{actor} follows you",
    "mention": "{actor} mentioned you",
    "mentioned": "{actor} mentioned you",
    "reply": "{actor} answered you",
    "replied": "{actor} answered you",
}


def _notice_words(kind: str, data: Data, actor: str) -> Words:
    """Return the words of another app's notice: its own text, else the kind's."""
    who = actor or str(data.get("handle") or "Somebody")
    text = data.get("text") or _PHRASES.get(kind.partition("_")[0], "").format(actor=who)
    excerpt = str(data.get("excerpt") or "")
    about = str(data.get("about") or "")
    title = str(text) or kind.replace("_", " ").capitalize()
    return Words(one_line(title), about, one_line(excerpt))
