"""Orders, fills and transfers as one member sees them, a line each. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from exchange.engine.enums import CancelReason
from exchange.ledger.models import Account, Transfer
from exchange.markets.models import Market
from exchange.markets.outcomes import price_traded
from exchange.trading.models import OPEN_STATUSES, Order, OrderStatus, Side, Trade
from exchange.web.outcomes import name_action

_REASONS: Final[Mapping[str, str]] = {
    CancelReason.MEMBER: "by you",
    CancelReason.IOC_REMAINDER: "not filled at once",
    CancelReason.SELF_TRADE: "it met your own order",
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

    @property
    def action(self) -> str:
        """What it does: "Buy No"."""
        return name_action(self.order.contract.name, self.order.side, is_yes_no=self.is_yes_no)

    @property
    def price_ticks(self) -> int:
        """Its limit, in terms of what it buys or sells."""
        return price_traded(self.order.price_ticks, self.order.side, is_yes_no=self.is_yes_no)

    @property
    def status_text(self) -> str:
        """Its status in words, with the reason of a refusal."""
        # FIX's "new" is what people call open.
        is_new = self.order.status == OrderStatus.NEW
        words = "Open" if is_new else str(self.order.get_status_display())
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
