"""What the exchange tells, typed. Prices and amounts are `Decimal`, times aware `datetime`.

Whatever a newer exchange tells besides is left out, so an old client goes on working.
"""

from likely_client.models.account import (
    Ahead,
    Balance,
    Fill,
    Order,
    Position,
    Preview,
    QueuePosition,
    Queues,
    Transfer,
)
from likely_client.models.markets import (
    Candle,
    Contract,
    Depth,
    Event,
    EventMarket,
    Found,
    Level,
    Market,
    Side,
    Trade,
)

__all__ = [
    "Ahead",
    "Balance",
    "Candle",
    "Contract",
    "Depth",
    "Event",
    "EventMarket",
    "Fill",
    "Found",
    "Level",
    "Market",
    "Order",
    "Position",
    "Preview",
    "QueuePosition",
    "Queues",
    "Side",
    "Trade",
    "Transfer",
]
