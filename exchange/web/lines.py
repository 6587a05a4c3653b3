"""Orders, fills and transfers as one member sees them, a line each. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from exchange.engine.enums import CancelReason
from exchange.ledger.models import Account, Transfer
from exchange.trading.models import OPEN_STATUSES, Order, Side, Trade
from exchange.web.formatting import other_side
from exchange.web.outcomes import name_action

_REASONS: Final[Mapping[str, str]] = {
    CancelReason.MEMBER: "by you",
    CancelReason.IOC_REMAINDER: "not filled at once",
    CancelReason.SELF_TRADE: "it met your own order",
}
_OPPOSITE: Final = {Side.BUY.value: Side.SELL.value, Side.SELL.value: Side.BUY.value}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in the words it was placed with: in a yes/no market No has its own price."""

    order: Order
    is_yes_no: bool

    @property
    def action(self) -> str:
        """What it does: "Buy No"."""
        return name_action(self.order.contract.name, self.order.side, is_yes_no=self.is_yes_no)

    @property
    def price_ticks(self) -> int:
        """Its limit, in terms of what it buys or sells."""
        return _shown_price(self.order.price_ticks, self.order.side, is_yes_no=self.is_yes_no)

    @property
    def status_text(self) -> str:
        """Its status in words, with the reason of a refusal."""
        words = str(self.order.get_status_display())
        reason = self.order.reason
        return f"{words}: {_REASONS.get(reason) or reason.replace('_', ' ')}" if reason else words

    @property
    def is_open(self) -> bool:
        """Whether it can still be filled or cancelled."""
        return self.order.status in OPEN_STATUSES and self.order.open_quantity > 0

    @property
    def is_reducible(self) -> bool:
        """Whether a part of it can be taken off."""
        return self.is_open and self.order.open_quantity > 1


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
    def price_ticks(self) -> int:
        """The price in terms of what this side bought or sold."""
        return _shown_price(self.trade.price_ticks, self.side, is_yes_no=self.is_yes_no)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A transfer as one of its accounts sees it: signed."""

    transfer: Transfer
    amount_ticks: int


def make_fill_line(trade: Trade, account: Account, *, is_yes_no: bool) -> FillLine:
    """Return a trade as an account saw it, maker or taker."""
    is_maker = trade.maker_account_id == account.pk
    side = _OPPOSITE[trade.taker_side] if is_maker else trade.taker_side
    return FillLine(trade, side, is_maker, is_yes_no)


def make_ledger_line(transfer: Transfer, account: Account) -> LedgerLine:
    """Return a transfer with the sign it has for an account."""
    sign = -1 if transfer.debit_id == account.pk else 1
    return LedgerLine(transfer, sign * transfer.amount_ticks)


def _shown_price(price_ticks: int, side: str, *, is_yes_no: bool) -> int:
    return other_side(price_ticks) if is_yes_no and side == Side.SELL else price_ticks
