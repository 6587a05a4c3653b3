"""Orders, fills and transfers as one member sees them, a line each. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange.engine.enums import CancelReason
from exchange.ledger.models import Account, Transfer
from exchange.markets.models import Market
from exchange.markets.outcomes import price_traded
from exchange.trading.models import OPEN_STATUSES, Order, OrderStatus, Side, Trade, TradeKind
from exchange.trading.queues import QueueAhead
from exchange.trading.requests import PRICELESS
from exchange.web.order_terms import describe_terms, expiry_of
from exchange.web.outcomes import name_action

_REASONS: Final[Mapping[str, str]] = {
    CancelReason.MEMBER: "by you",
    CancelReason.IOC_REMAINDER: "not filled at once",
    CancelReason.SELF_TRADE: "it met your own order",
    CancelReason.FOK: "it could not be filled in full",
    CancelReason.MIN_QUANTITY: "less than the least fill was there",
    CancelReason.REDUCE_ONLY: "nothing more to close",
    CancelReason.MAX_COST: "the rest would cost too much",
    "replaced": "changed by you",
}
_REFERENCES: Final[Mapping[str, str]] = {
    "sign-up": "Sign-up credits",
    "operator": "Credits from the operator",
    "demo": "Credits of the demonstration",
}
_OPPOSITE: Final = {Side.BUY.value: Side.SELL.value, Side.SELL.value: Side.BUY.value}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in the words it was placed with: in a yes/no market No has its own price."""

    order: Order
    is_yes_no: bool
    queue: QueueAhead | None = None  # None: it rests in no book, or nobody asked

    @property
    def action(self) -> str:
        """What it does: "Buy No"."""
        return name_action(self.order.contract.name, self.order.side, is_yes_no=self.is_yes_no)

    @property
    def price_ticks(self) -> int:
        """Its limit, in terms of what it buys or sells."""
        return price_traded(self.order.price_ticks, self.order.side, is_yes_no=self.is_yes_no)

    @property
    def terms(self) -> list[str]:
        """What is not usual about it, each in a few words."""
        return describe_terms(self.order, is_yes_no=self.is_yes_no)

    @property
    def kind_text(self) -> str:
        """Its kind in words."""
        return self.order.kind.replace("_", " ").capitalize()

    @property
    def price_word(self) -> str:
        """What its price is: a limit, or the worst that it accepts."""
        return "Worst price" if self.order.kind in PRICELESS else "Price"

    @property
    def expires_at(self) -> datetime | None:
        """When it expires, if it does."""
        return expiry_of(self.order)

    @property
    def flips(self) -> bool:
        """Whether its price is the other side of the book's."""
        return self.is_yes_no and self.order.side == Side.SELL

    @property
    def status_text(self) -> str:
        """Its status in words, with the reason of a refusal."""
        words = self._status_words()
        reason = self.order.reason
        return f"{words}: {_REASONS.get(reason) or reason.replace('_', ' ')}" if reason else words

    @property
    def is_open(self) -> bool:
        """Whether it can still be filled or cancelled."""
        return self.order.status in OPEN_STATUSES and self.order.open_quantity > 0

    @property
    def is_waiting(self) -> bool:
        """Whether it is a stop that was not triggered: open, and in no book."""
        return self.is_open and self.order.is_waiting

    def _status_words(self) -> str:
        if self.is_waiting:
            return "Waiting"
        # FIX's "new" is what people call open.
        if self.order.status == OrderStatus.NEW:
            return "Open"
        return str(self.order.get_status_display())


@dataclass(frozen=True, slots=True)
class FillLine:
    """A trade as one of its two sides sees it."""

    trade: Trade
    side: str
    is_maker: bool
    is_yes_no: bool

    @property
    def action(self) -> str:
        """What this side did: "Buy No"."""
        return name_action(self.trade.contract.name, self.side, is_yes_no=self.is_yes_no)

    @property
    def how(self) -> str:
        """How it came about: an order rested or took, or a challenge was accepted."""
        if self.trade.kind == TradeKind.CROSS:
            return "Challenge"
        return "Rested" if self.is_maker else "Took"

    @property
    def price_ticks(self) -> int:
        """The price in terms of what this side bought or sold."""
        return price_traded(self.trade.price_ticks, self.side, is_yes_no=self.is_yes_no)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A transfer as one of its accounts sees it: signed."""

    transfer: Transfer
    amount_ticks: int
    market: Market | None = None  # whose settlement it was

    @property
    def reference_text(self) -> str:
        """What it belongs to, in words, where it is no market's."""
        reference = self.transfer.reference
        source = reference.partition(":")[0]
        return _REFERENCES.get(source, reference)


def make_fill_line(trade: Trade, account: Account, *, is_yes_no: bool) -> FillLine:
    """Return a trade as an account saw it, maker or taker."""
    is_maker = trade.maker_account_id == account.pk
    side = _OPPOSITE[trade.taker_side] if is_maker else trade.taker_side
    return FillLine(trade, side, is_maker, is_yes_no)


def make_ledger_line(
    transfer: Transfer, account: Account, markets: Mapping[int, Market]
) -> LedgerLine:
    """Return a transfer with the sign it has for an account; `markets` by id, those known."""
    sign = -1 if transfer.debit_id == account.pk else 1
    market = markets.get(read_market_id(transfer) or 0)
    return LedgerLine(transfer, sign * transfer.amount_ticks, market)


def read_market_id(transfer: Transfer) -> int | None:
    """Return the id of the market a transfer's reference names, if it names one."""
    source, _, number = transfer.reference.partition(":")
    return int(number) if source == "market" and number.isdecimal() else None
