"""What the trading pages read, put together from the apps below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from exchange.ledger.models import Account, Transfer
from exchange.marketdata.selectors import MarketBook, get_book, list_trades
from exchange.markets.models import Event, Market, MarketStatus
from exchange.trading.models import Order, Position, Side, Trade
from exchange.trading.selectors import list_orders
from exchange.web.holdings import Holding
from exchange.web.ladders import Ladder, get_own_levels, make_ladder

TAPE_LENGTH: Final = 30
OWN_ORDERS_MAX: Final = 100
_SHOWN: Final = [status for status in MarketStatus.values if status != MarketStatus.DRAFT]


@dataclass(frozen=True, slots=True)
class Mine:
    """What the viewer has in one market."""

    orders: Sequence[Order]
    holdings: Sequence[Holding]


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


@dataclass(frozen=True, slots=True)
class Fill:
    """A trade as one of its two sides sees it."""

    trade: Trade
    side: str
    is_maker: bool


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A transfer as one of its accounts sees it: signed."""

    transfer: Transfer
    amount_ticks: int


def list_categories() -> list[str]:
    """Return the categories that have a market to show, by name."""
    events = Event.objects.filter(markets__status__in=_SHOWN).exclude(category="")
    return list(events.order_by("category").values_list("category", flat=True).distinct())


def get_event(slug: str) -> Event:
    """Return an event that has a market to show, or raise Http404."""
    return get_object_or_404(Event.objects.filter(markets__status__in=_SHOWN).distinct(), slug=slug)


def get_market_view(market: Market, account: Account | None) -> MarketView:
    """Return everything on a market's page; `account` is the viewer's, if there is one."""
    mine = get_mine(market, account)
    book = get_book(market)
    own = get_own_levels(mine.orders)
    by_contract = {one.contract: one for one in book.contracts}
    ladders = [
        make_ladder(
            contract,
            bids=by_contract[contract.pk].bids,
            asks=by_contract[contract.pk].asks,
            own=own,
        )
        for contract in market.contracts.all()
    ]
    return MarketView(market, book, ladders, list(list_trades(market)[:TAPE_LENGTH]), mine)


def get_mine(market: Market, account: Account | None) -> Mine:
    """Return an account's open orders and positions in a market."""
    if account is None:
        return Mine([], [])
    orders = list_orders(account, status="open").filter(market=market)[:OWN_ORDERS_MAX]
    positions = (
        Position.objects.filter(account=account, market=market)
        .exclude(quantity=0, cash_ticks=0)
        .select_related("market", "contract")
        .order_by("contract__position")
    )
    is_yes_no = len(market.contracts.all()) == 1
    return Mine(list(orders), [Holding(position, is_yes_no) for position in positions])


def list_holdings(positions: QuerySet[Position]) -> list[Holding]:
    """Return positions as holdings; two queries whatever their number."""
    rows = positions.prefetch_related("market__contracts")
    return [Holding(row, len(row.market.contracts.all()) == 1) for row in rows]


def list_results(account: Account) -> QuerySet[Position]:
    """Return what an account's settled positions brought, newest market first."""
    return (
        Position.objects.filter(account=account, settled_ticks__isnull=False)
        .select_related("market__winner", "contract")
        .order_by("-market__settled_at", "-id")
    )


def as_fill(trade: Trade, account: Account) -> Fill:
    """Return a trade as an account saw it, maker or taker."""
    is_maker = trade.maker_account_id == account.pk
    taker, maker = (Side.BUY, Side.SELL)
    if trade.taker_side == Side.SELL:
        taker, maker = maker, taker
    return Fill(trade, maker if is_maker else taker, is_maker)


def as_ledger_line(transfer: Transfer, account: Account) -> LedgerLine:
    """Return a transfer with the sign it has for an account."""
    sign = -1 if transfer.debit_id == account.pk else 1
    return LedgerLine(transfer, sign * transfer.amount_ticks)
