"""What a member asks for, already parsed."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from core.money import PAYOUT_TICKS
from exchange.engine.commands import Terms
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market

# Kinds that may be asked for without a price: how they are matched is told by their stop alone.
PRICELESS: Final = ("market", "stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """An order as asked for, already parsed. What its terms mean is said in docs/engine.md."""

    contract: Contract
    side: str
    price_ticks: int
    quantity: int
    kind: str = "limit"
    time_in_force: str = "GTC"
    stp: str = "cancel_newest"
    client_order_id: str = ""
    post_only: bool = False
    reduce_only: bool = False
    min_quantity: int | None = None
    max_cost_ticks: int | None = None
    stop_ticks: int | None = None
    expires_at_ms: int | None = None
    on_halt: str = "keep"
    group: int | None = None
    valid_until_ms: int | None = None

    @property
    def terms(self) -> Terms:
        """How it wants to be executed, as the engine has it."""
        return _terms(
            self.kind,
            self.time_in_force,
            self.stp,
            self.post_only,
            self.reduce_only,
            self.min_quantity,
            self.max_cost_ticks,
            self.stop_ticks,
            self.expires_at_ms,
            self.on_halt,
            self.group,
        )

    @property
    def is_rare(self) -> bool:
        """Whether any of its terms is one that few orders have."""
        terms = self.terms
        return not terms.is_plain or terms.on_halt != "keep"


@lru_cache(maxsize=1024)
def _terms(*values: Any) -> Terms:
    """Return the terms of these values, in their order; orders that want the same share one."""
    return Terms(*values)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossRequest:
    """A trade beside the book that two accounts agreed on, `buyer` buying from `seller`."""

    contract: Contract
    buyer: Account
    seller: Account
    price_ticks: int
    quantity: int
    valid_until_ms: int


def worst_price_ticks(market: Market, side: str) -> int:
    """Return the price that protects nobody: what an order without one is placed at."""
    step_ticks = market.price_step_ticks
    return (PAYOUT_TICKS - 1) // step_ticks * step_ticks if side == "buy" else step_ticks
