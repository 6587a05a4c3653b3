"""Markets with their steps, and what the book worker wrote, in the admin."""

from exchange.trading.admin.markets import MarketAdmin
from exchange.trading.admin.reconciliations import ReconciliationAdmin
from exchange.trading.admin.records import OrderAdmin

__all__ = ["MarketAdmin", "OrderAdmin", "ReconciliationAdmin"]
