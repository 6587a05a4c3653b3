"""The events of whole markets, of accounts, of time, and of commands about them."""

from exchange.engine.enums import RejectReason
from exchange.engine.records import record


@record
class OrderExpired:
    """The order's time was over; quantity is what had still been open."""

    seq: int
    market: int
    contract: int
    order: int
    account: int
    quantity: int


@record
class OrderTriggered:
    """The last price reached a stop, which is now matched; its seq is its time priority."""

    seq: int
    market: int
    contract: int
    order: int
    account: int


@record
class TradeVoided:
    """The trade never counted: what it moved was moved back."""

    seq: int
    market: int
    trade: int
    contract: int
    price_ticks: int
    quantity: int
    maker_order: int | None
    taker_order: int | None
    buyer: int
    seller: int


@record
class MarketOpened:
    """The market takes orders from now on."""

    seq: int
    market: int


@record
class MarketHalted:
    """The market takes no orders until it is resumed."""

    seq: int
    market: int


@record
class AuctionStarted:
    """The market collects orders, unmatched, until ends_at or until it is resumed."""

    seq: int
    market: int
    ends_at: int


@record
class MarketResumed:
    """The market takes orders again; comes after the trades of its auction."""

    seq: int
    market: int


@record
class MarketClosed:
    """Trading has ended; comes after the cancels of all open orders."""

    seq: int
    market: int


@record
class MarketSettled:
    """The market is over; comes after all its OrderCancelled and AccountSettled."""

    seq: int
    market: int
    winner: int | None


@record
class MarketVoided:
    """The market never counted: all its cash and quantities are 0, no money moves."""

    seq: int
    market: int


@record
class AccountSettled:
    """What the market brings (or, below 0, costs) the account. Never 0."""

    seq: int
    account: int
    market: int
    amount_ticks: int


@record
class CommandRejected:
    """A command that is not about an order was refused; command is its type.

    `account` is whose money or right was missing, with what it had and what it would need.
    """

    seq: int | None
    market: int | None
    command: str
    reason: RejectReason
    order: int | None = None
    account: int | None = None
    have_ticks: int | None = None
    need_ticks: int | None = None
