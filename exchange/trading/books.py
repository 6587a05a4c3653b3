"""The books of one shard, in memory, and how they are read back from the database."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exchange.engine import AccountFacts, Engine, MarketStatus, Side
from exchange.markets.models import Contract, Market
from exchange.trading.models import Order, Position, Shard
from exchange.trading.pace import Pace
from exchange.trading.terms import terms_of_row

if TYPE_CHECKING:
    from exchange.trading.batch import Batch


@dataclass(slots=True, kw_only=True)
class ShardBooks:
    """A shard's engine, and how far its journal goes as this owner knows it.

    `unsettled` is a batch whose COMMIT failed in a way that leaves open what became of it; the
    engine stands at its end until that is known. Of the next `suspects` commands in the inbox at
    least one made a batch fail. Until batch `snapshot_at` no snapshot is due.
    """

    shard: int
    epoch: int
    journal_number: int
    digest: str
    engine: Engine
    judging: bool = False
    unsettled: "Batch | None" = None
    suspects: int = 0
    snapshot_at: int = 0
    pace: Pace = field(default_factory=Pace)

    def is_due(self, time_ms: int) -> bool:
        """Whether an order expires by then."""
        due_ms = self.engine.next_due_ms
        return due_ms is not None and due_ms <= time_ms

    def begin(self, facts: Mapping[int, AccountFacts]) -> None:
        """Start a batch judged by these facts."""
        assert not self.judging, "one batch at a time"
        self.engine.begin(facts)
        self.judging = True

    def commit(self, *, journal_number: int, digest: str) -> None:
        """Keep the batch: it is journaled."""
        self.engine.commit()
        self.judging = False
        self.unsettled = None
        self.journal_number = journal_number
        self.digest = digest

    def roll_back(self) -> None:
        """Forget the batch, if one was begun: the engine is as it was before."""
        self.unsettled = None
        if self.judging:
            self.engine.rollback()
            self.judging = False


def load_books(shard: int, *, epoch: int) -> ShardBooks:
    """Read a shard's books back: markets, positions, and resting orders in their places.

    Reads what is committed; the caller holds the lease. Linear in live markets, positions in
    them and open orders.
    """
    row = Shard.objects.get(number=shard)
    engine = Engine(next_trade=row.next_trade)
    _load_markets(engine, shard)
    _load_positions(engine, shard)
    _load_orders(engine, shard)
    # Every batch tells its engine the time.
    engine.restore_time(row.last_time_ms)
    return ShardBooks(
        shard=shard,
        epoch=epoch,
        journal_number=row.journal_number,
        digest=row.digest,
        engine=engine,
    )


def _load_markets(engine: Engine, shard: int) -> None:
    contracts: dict[int, dict[int, int | None]] = defaultdict(dict)
    rows = Contract.objects.filter(market__shard=shard).exclude(market__status="draft")
    for market_id, contract_id, last_price_ticks in rows.order_by(
        "market_id", "position"
    ).values_list("market_id", "pk", "last_price_ticks"):
        contracts[market_id][contract_id] = last_price_ticks
    for market in Market.objects.filter(shard=shard).exclude(status="draft").order_by("pk"):
        engine.restore_market(
            market.pk,
            tuple(contracts[market.pk]),
            market.has_other,
            10_000,
            market.price_step_ticks,
            MarketStatus(market.status),
            market.seq,
            contracts[market.pk],
        )


def _load_positions(engine: Engine, shard: int) -> None:
    cash: dict[tuple[int, int], int] = defaultdict(int)
    quantities: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    rows = Position.objects.filter(market__shard=shard, settled_ticks=None).order_by("pk")
    for account, market, contract, quantity, cash_ticks in rows.values_list(
        "account_id", "market_id", "contract_id", "quantity", "cash_ticks"
    ).iterator():
        cash[account, market] += cash_ticks
        quantities[account, market][contract] = quantity
    for (account, market), cash_ticks in cash.items():
        engine.restore_holding(account, market, cash_ticks, quantities[account, market])


def _load_orders(engine: Engine, shard: int) -> None:
    rows = Order.objects.filter(market__shard=shard, open_quantity__gt=0)
    columns = (
        "pk",
        "account_id",
        "contract_id",
        "side",
        "price_ticks",
        "quantity",
        "open_quantity",
        "accepted_seq",
        "kind",
        "time_in_force",
        "stp",
        "order_group",
        "terms",
        "is_waiting",
    )
    for pk, account, contract, side, price_ticks, quantity, open_quantity, seq, *terms in (
        rows.order_by("market_id", "accepted_seq").values_list(*columns).iterator()
    ):
        numbers = (price_ticks, quantity, open_quantity, seq)
        engine.restore_order(pk, account, contract, Side(side), *numbers, terms_of_row(*terms))
