"""The closed lists of words that commands and events use. Each member is its own JSON string."""

from enum import StrEnum


class Side(StrEnum):
    """Which way an order trades its contract. Buying No is selling Yes: there is no third side."""

    BUY = "buy"
    SELL = "sell"


class MarketStatus(StrEnum):
    """Where a market stands. Settled and voided are final; in an auction orders are collected."""

    OPEN = "open"
    HALTED = "halted"
    AUCTION = "auction"
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
    TOO_LATE = "too_late"
    MARKET_HALTED = "market_halted"
    MARKET_IN_AUCTION = "market_in_auction"
    MARKET_CLOSED = "market_closed"
    MARKET_SETTLED = "market_settled"
    MARKET_VOIDED = "market_voided"
    INVALID_TERMS = "invalid_terms"
    INVALID_PRICE = "invalid_price"
    PRICE_OFF_TICK = "price_off_tick"
    INVALID_STOP_PRICE = "invalid_stop_price"
    INVALID_QUANTITY = "invalid_quantity"
    INVALID_MIN_QUANTITY = "invalid_min_quantity"
    INVALID_MAX_COST = "invalid_max_cost"
    INVALID_EXPIRY = "invalid_expiry"
    ACCOUNT_SUSPENDED = "account_suspended"
    GROUP_TRIPPED = "group_tripped"
    TOO_MANY_ORDERS = "too_many_orders"
    PRICE_OUTSIDE_COLLAR = "price_outside_collar"
    REDUCE_ONLY = "reduce_only"
    POST_ONLY = "post_only"
    MAX_COST = "max_cost"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPOSURE_LIMIT = "exposure_limit"
    LOSS_LIMIT = "loss_limit"
    # CancelOrder, ReduceOrder and ReplaceOrder: these two before TOO_LATE and the rest of a
    # PlaceOrder's, which a ReplaceOrder may then meet; ORDER_CHANGED after INVALID_QUANTITY
    UNKNOWN_ORDER = "unknown_order"
    NOT_OWNER = "not_owner"
    ORDER_CHANGED = "order_changed"
    # OpenMarket, after TOO_LATE
    MARKET_EXISTS = "market_exists"
    INVALID_CONTRACTS = "invalid_contracts"
    CONTRACT_EXISTS = "contract_exists"
    INVALID_PAYOUT = "invalid_payout"
    INVALID_PRICE_STEP = "invalid_price_step"
    INVALID_COLLAR = "invalid_collar"
    # the other commands on a market (then TOO_LATE, then MARKET_HALTED and so on, as above)
    UNKNOWN_MARKET = "unknown_market"
    MARKET_OPEN = "market_open"
    INVALID_WINNER = "invalid_winner"
    INVALID_AUCTION = "invalid_auction"
    # VoidTrade (then TOO_LATE, then INSUFFICIENT_FUNDS)
    UNKNOWN_TRADE = "unknown_trade"
    # CrossTrade, after INVALID_QUANTITY
    SELF_TRADE = "self_trade"
    # Fund, SetLimits, SetGroup, after TOO_LATE
    INVALID_AMOUNT = "invalid_amount"
    # never given by the engine: the worker's answer to a command that the engine broke on
    INTERNAL_ERROR = "internal_error"


class CancelReason(StrEnum):
    """Why an accepted order, or what was left of it, was cancelled."""

    MEMBER = "member"
    IOC_REMAINDER = "ioc_remainder"
    FOK = "fok"
    MIN_QUANTITY = "min_quantity"
    MAX_COST = "max_cost"
    REDUCE_ONLY = "reduce_only"
    SELF_TRADE = "self_trade"
    GROUP_TRIPPED = "group_tripped"
    MARKET_HALTED = "market_halted"
    MARKET_CLOSED = "market_closed"
    MARKET_SETTLED = "market_settled"
    MARKET_VOIDED = "market_voided"
