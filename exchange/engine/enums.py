"""The closed lists of words that commands and events use. Each member is its own JSON string."""

from enum import StrEnum


class Side(StrEnum):
    """Which way an order trades its contract. Buying No is selling Yes: there is no third side."""

    BUY = "buy"
    SELL = "sell"


class MarketStatus(StrEnum):
    """Where a market stands. Settled and voided are final."""

    OPEN = "open"
    HALTED = "halted"
    CLOSED = "closed"
    SETTLED = "settled"
    VOIDED = "voided"


class RejectReason(StrEnum):
    """Why a command was refused, in order of precedence within each group.

    A command with several faults is refused for the one that stands first in its group, so the
    answer never depends on how the checks happen to be written.
    """

    # PlaceOrder
    UNKNOWN_CONTRACT = "unknown_contract"
    DUPLICATE_ORDER = "duplicate_order"
    MARKET_HALTED = "market_halted"
    MARKET_CLOSED = "market_closed"
    MARKET_SETTLED = "market_settled"
    MARKET_VOIDED = "market_voided"
    INVALID_PRICE = "invalid_price"
    PRICE_OFF_TICK = "price_off_tick"
    INVALID_QUANTITY = "invalid_quantity"
    ACCOUNT_SUSPENDED = "account_suspended"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    # CancelOrder and ReduceOrder (which then may be INVALID_QUANTITY)
    UNKNOWN_ORDER = "unknown_order"
    NOT_OWNER = "not_owner"
    ORDER_CHANGED = "order_changed"  # ReduceOrder, after INVALID_QUANTITY
    # OpenMarket
    MARKET_EXISTS = "market_exists"
    INVALID_CONTRACTS = "invalid_contracts"
    CONTRACT_EXISTS = "contract_exists"
    INVALID_PAYOUT = "invalid_payout"
    INVALID_PRICE_STEP = "invalid_price_step"
    # the other commands on a market (which then may be MARKET_HALTED and so on, as above)
    UNKNOWN_MARKET = "unknown_market"
    MARKET_OPEN = "market_open"
    INVALID_WINNER = "invalid_winner"
    # Fund
    INVALID_AMOUNT = "invalid_amount"
    # never given by the engine: the worker's answer to a command that the engine broke on
    INTERNAL_ERROR = "internal_error"


class CancelReason(StrEnum):
    """Why an accepted order, or what was left of it, was cancelled."""

    MEMBER = "member"
    IOC_REMAINDER = "ioc_remainder"
    SELF_TRADE = "self_trade"
    MARKET_CLOSED = "market_closed"
    MARKET_SETTLED = "market_settled"
    MARKET_VOIDED = "market_voided"
