"""Markets with their steps, and what the book worker wrote, in the admin."""

from exchange.trading.admin.markets import MarketAdmin
from exchange.trading.admin.reconciliations import ReconciliationAdmin
from exchange.trading.admin.records import OrderAdmin
from exchange.trading.admin.shards import ShardAdmin

__all__ = ["MarketAdmin", "OrderAdmin", "ReconciliationAdmin", "ShardAdmin"]
