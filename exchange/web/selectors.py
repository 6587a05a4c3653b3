"""What the trading pages read, put together from the apps below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import QuerySet, prefetch_related_objects
from django.shortcuts import get_object_or_404

from exchange.ledger.models import Account, Transfer
from exchange.marketdata.selectors import MarketBook, get_book, list_trades
from exchange.markets.models import Event, Market, MarketStatus
from exchange.trading.models import Order, Position, Trade
from exchange.trading.queues import list_queues
from exchange.trading.selectors import list_orders
from exchange.web.holdings import Holding
from exchange.web.ladders import Ladder, get_own_levels, make_ladder
from exchange.web.lines import (
    FillLine,
    LedgerLine,
    OrderLine,
    make_fill_line,
    make_ledger_line,
    read_market_id,
)

Row = TypeVar("Row", Order, Position, Trade)
TAPE_LENGTH: Final = 30
OWN_ORDERS_MAX: Final = 100
_SHOWN: Final = [status for status in MarketStatus.values if status != MarketStatus.DRAFT]


@dataclass(frozen=True, slots=True)
class Mine:
    """What the viewer has in one market."""

    orders: Sequence[OrderLine]
    holdings: Sequence[Holding]
    # What the settlement brought in all; None before it, and for who never traded here.
    result_ticks: int | None = None


@dataclass(frozen=True, slots=True)
class MarketView:
    """A market as its page shows it, book and trades as of one moment each."""

    market: Market
    book: MarketBook
    ladders: Sequence[Ladder]
    tape: Sequence[Trade]
    mine: Mine

    @property
    def is_yes_no(self) -> bool:
        """Whether the market has one contract, No being its other side."""
        return len(self.ladders) == 1

    @property
    def asks_sum_ticks(self) -> int | None:
        """What one contract of each outcome costs at best; None while one has no ask."""
        return _sum_of_all([ladder.best_ask_ticks for ladder in self.ladders])

    @property
    def bids_sum_ticks(self) -> int | None:
        """What one contract of each outcome brings at best; None while one has no bid."""
        return _sum_of_all([ladder.best_bid_ticks for ladder in self.ladders])

    def get_ladder(self, contract_id: int) -> Ladder:
        """Return the ladder of one of the market's contracts."""
        return next(one for one in self.ladders if one.contract.pk == contract_id)


def get_event(slug: str) -> Event:
    """Return an event that has a market to show, or raise Http404."""
    return get_object_or_404(Event.objects.filter(markets__status__in=_SHOWN).distinct(), slug=slug)


def get_market_view(market: Market, account: Account | None) -> MarketView:
    """Return everything on a market's page; `account` is the viewer's, if there is one."""
    mine = get_mine(market, account)
    book = get_book(market)
    own = get_own_levels(line.order for line in mine.orders)
    by_contract = {one.contract: one for one in book.contracts}
    contracts = market.contracts.all()
    ladders = [
        make_ladder(
            contract,
            is_yes_no=len(contracts) == 1,
            bids=by_contract[contract.pk].bids,
            asks=by_contract[contract.pk].asks,
            own=own,
        )
        for contract in contracts
    ]
    return MarketView(market, book, ladders, list(list_trades(market)[:TAPE_LENGTH]), mine)


def get_mine(market: Market, account: Account | None) -> Mine:
    """Return an account's open orders and positions in a market."""
    if account is None:
        return Mine([], [])
    orders = list(list_orders(account, status="open").filter(market=market)[:OWN_ORDERS_MAX])
    positions = (
        Position.objects.filter(account=account, market=market)
        .select_related("market", "contract")
        .order_by("contract__position")
    )
    is_yes_no = len(market.contracts.all()) == 1
    rows = list(positions)
    settled = [row.settled_ticks for row in rows if row.settled_ticks is not None]
    return Mine(
        _make_lines((order, is_yes_no) for order in orders),
        [Holding(row, is_yes_no) for row in rows if row.quantity or row.cash_ticks],
        sum(settled) if settled else None,
    )


def get_holdings(positions: Iterable[Position]) -> list[Holding]:
    """Return positions as holdings, by one more query whatever their number."""
    return [Holding(row, is_yes_no) for row, is_yes_no in _with_kind(positions)]


def get_order_lines(orders: Iterable[Order]) -> list[OrderLine]:
    """Return orders as lines, by three more queries whatever their number."""
    return _make_lines(_with_kind(orders))


def get_fill_lines(trades: Iterable[Trade], account: Account) -> list[FillLine]:
    """Return an account's trades as it saw them, by one more query whatever their number."""
    return [
        make_fill_line(row, account, is_yes_no=is_yes_no) for row, is_yes_no in _with_kind(trades)
    ]


def get_ledger_lines(transfers: Iterable[Transfer], account: Account) -> list[LedgerLine]:
    """Return transfers as lines, by one more query where they name markets."""
    known = list(transfers)
    ids = {market for transfer in known if (market := read_market_id(transfer)) is not None}
    markets = Market.objects.in_bulk(ids)
    return [make_ledger_line(transfer, account, markets) for transfer in known]


def list_results(account: Account) -> QuerySet[Position]:
    """Return what an account's settled positions brought, newest market first."""
    return (
        Position.objects.filter(account=account, settled_ticks__isnull=False)
        .select_related("market__winner", "contract")
        .order_by("-market__settled_at", "-id")
    )


def _make_lines(orders: Iterable[tuple[Order, bool]]) -> list[OrderLine]:
    """Return orders, each with whether its market is a yes/no market, as lines."""
    known = list(orders)
    queues = list_queues(order for order, _ in known)
    return [OrderLine(order, is_yes_no, queues.get(order.pk)) for order, is_yes_no in known]


def _sum_of_all(prices: Sequence[int | None]) -> int | None:
    known = [ticks for ticks in prices if ticks is not None]
    return sum(known) if len(known) == len(prices) else None


def _with_kind(rows: Iterable[Row]) -> list[tuple[Row, bool]]:
    """Pair each row with whether its market is a yes/no market."""
    known = list(rows)
    prefetch_related_objects(known, "market__contracts")
    return [(row, len(row.market.contracts.all()) == 1) for row in known]
