"""Trade on a Likely exchange from Python.

    from likely_client import Client

    client = Client("http://localhost:8000", key="lk_...")
    order = client.buy("market-slug", "Yes", price="0.45", quantity=10)
    with client.book("market-slug") as book:
        print(book.best_bid, book.depth(10))

`Client` looks synchronous; `AsyncClient` has the same names, to be awaited.
"""

from likely_client.accounts import Account, AsyncAccount
from likely_client.aio import AsyncClient
from likely_client.blocking import Client
from likely_client.books import Counters
from likely_client.devices import DeviceCode
from likely_client.errors import (
    ConflictError,
    ConnectionLostError,
    ForbiddenError,
    InsufficientFundsError,
    InvalidRequestError,
    LikelyError,
    MarketNotTradingError,
    NotAuthenticatedError,
    NotFoundError,
    OrderRejectedError,
    ProblemError,
    ProtocolError,
    ThrottledError,
    TooSlowError,
    UnansweredError,
    UnavailableError,
    UnknownOutcomeError,
)
from likely_client.history import HistoryError, Replayed, replay
from likely_client.models import (
    Ahead,
    Balance,
    Candle,
    Contract,
    Depth,
    Event,
    Fill,
    Found,
    Level,
    Market,
    Order,
    Position,
    Preview,
    QueuePosition,
    Queues,
    Side,
    Trade,
    Transfer,
)
from likely_client.orders import BatchResult, NewOrder, Terms
from likely_client.replicas import AsyncBook, Book, OutcomeBook

__version__ = "1.0.0"
__all__ = [
    "Account",
    "Ahead",
    "AsyncAccount",
    "AsyncBook",
    "AsyncClient",
    "Balance",
    "BatchResult",
    "Book",
    "Candle",
    "Client",
    "ConflictError",
    "ConnectionLostError",
    "Contract",
    "Counters",
    "Depth",
    "DeviceCode",
    "Event",
    "Fill",
    "ForbiddenError",
    "Found",
    "HistoryError",
    "InsufficientFundsError",
    "InvalidRequestError",
    "Level",
    "LikelyError",
    "Market",
    "MarketNotTradingError",
    "NewOrder",
    "NotAuthenticatedError",
    "NotFoundError",
    "Order",
    "OrderRejectedError",
    "OutcomeBook",
    "Position",
    "Preview",
    "ProblemError",
    "ProtocolError",
    "QueuePosition",
    "Queues",
    "Replayed",
    "Side",
    "Terms",
    "ThrottledError",
    "TooSlowError",
    "Trade",
    "Transfer",
    "UnansweredError",
    "UnavailableError",
    "UnknownOutcomeError",
    "replay",
]
