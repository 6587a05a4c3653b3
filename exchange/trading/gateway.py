"""The door of the exchange: commands go into the inbox here and nowhere else.

place_order, cancel_order, reduce_order and submit_lifecycle insert one inbox row in a
transaction of their own, wake the book worker and wait for its answer at most
REPLY_TIMEOUT_S. They must not be called inside a transaction (the worker would never see
the row), and they give the caller's database connection back while they wait.
"""

from dataclasses import dataclass

from accounts.models import User
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """An order as asked for, already parsed."""

    contract: Contract
    side: str
    price_ticks: int
    quantity: int
    kind: str = "limit"
    time_in_force: str = "GTC"
    stp: str = "cancel_newest"
    client_order_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the book said to a command; `pending` when it has not said anything in time.

    `reason` is "" when done, else a reject reason of the engine (the order, if the command
    placed one, exists with status rejected).
    """

    command_id: int
    pending: bool = False
    reason: str = ""
    market_seq: int | None = None
    account_seq: int | None = None


def place_order(*, account: Account, user: User | None, order: OrderRequest) -> Answer:
    """Place an order; `command_id` is the order's id.

    The same client_order_id with the same order gets the same answer, waiting for it when it is
    still in flight. Raises Problem: CLIENT_ORDER_ID_REUSED (another order), PRICE_OFF_TICK
    (nearest: the two nearest prices), INVALID_PRICE, INVALID_QUANTITY, MARKET_NOT_OPEN (a
    draft), UNAVAILABLE (too many wait here).
    """
    raise NotImplementedError


def cancel_order(*, account: Account, user: User | None, order_id: int) -> Answer:
    """Cancel what is open of an order. Raises Problem NOT_FOUND for another account's order."""
    raise NotImplementedError


def reduce_order(*, account: Account, user: User | None, order_id: int, by: int) -> Answer:
    """Take `by` contracts off an order's open quantity; it keeps its place in the queue."""
    raise NotImplementedError


def submit_lifecycle(
    *, user: User | None, market: Market, action: str, winner: Contract | None = None
) -> Answer:
    """Ask for open, halt, resume, close, settle or void of a market (`action` is that word)."""
    raise NotImplementedError
