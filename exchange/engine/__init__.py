"""The matching engine of Likely: pure, deterministic, in memory.

`Engine.apply` takes a command and returns events; `python -m exchange.engine` does so on a file.
Nothing here imports Django or anything else of ours.
"""

from exchange.engine.engine import Engine
from exchange.engine.enums import CancelReason, MarketStatus, RejectReason, Side
from exchange.engine.views import AccountFacts, Depth, Holding, RestingOrder

__all__ = [
    "AccountFacts",
    "CancelReason",
    "Depth",
    "Engine",
    "Holding",
    "MarketStatus",
    "RejectReason",
    "RestingOrder",
    "Side",
]
