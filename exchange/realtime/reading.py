"""What the hub reads from the database. Plain blocking functions for the hub's own threads."""

from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from django.core.validators import slug_unicode_re
from django.db import close_old_connections

from accounts.models import User
from core.errors import Code, Problem
from exchange.ledger.models import Account
from exchange.ledger.selectors import get_trading_account
from exchange.marketdata.selectors import get_book, list_trades
from exchange.markets.models import Market, MarketStatus
from exchange.realtime.feed import MarketSnapshot
from exchange.realtime.frames import Tape
from exchange.realtime.limits import TRADES_SHOWN
from exchange.trading.models import Trade
from exchange.trading.times import to_ms

P = ParamSpec("P")
R = TypeVar("R")


def with_connection(query: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a query with a fresh or healthy connection and give it back afterwards."""
    close_old_connections()
    try:
        return query(*args, **kwargs)
    finally:
        close_old_connections()


def check_slug(slug: str) -> None:
    """Raise Problem UNKNOWN_MARKET for what cannot be a slug; no database is asked."""
    if not slug_unicode_re.match(slug):
        raise _unknown_market(slug)


def find_market(slug: str) -> int:
    """Return a market's id. Raises Problem UNKNOWN_MARKET; a draft is unknown too."""
    shown = Market.objects.exclude(status=MarketStatus.DRAFT)
    market_id = shown.filter(slug=slug).values_list("id", flat=True).first()
    if market_id is None:
        raise _unknown_market(slug)
    return market_id


def find_account(user_id: int) -> int:
    """Return the account a member trades with. Raises Problem EMAIL_NOT_CONFIRMED: none yet."""
    account = get_trading_account(User.objects.get(pk=user_id))
    if account is None:
        raise Problem(Code.EMAIL_NOT_CONFIRMED)
    return account.pk


def load_market(market_id: int) -> MarketSnapshot:
    """Return a market's whole book and its latest trades, all at one seq."""
    market = Market.objects.get(pk=market_id)
    book = get_book(market)
    trades = list_trades(market).filter(market_seq__lte=book.seq)[:TRADES_SHOWN]
    return MarketSnapshot(
        market_id=market_id,
        slug=market.slug,
        epoch=book.epoch,
        seq=book.seq,
        status=book.status,
        books={entry.contract: (entry.bids, entry.asks) for entry in book.contracts},
        trades=[_tape(trade) for trade in reversed(trades)],
    )


def read_market_seqs(market_ids: Iterable[int]) -> dict[int, int]:
    """Return the last seq of each market, as journaled."""
    return dict(Market.objects.filter(pk__in=list(market_ids)).values_list("pk", "seq"))


def read_account_seqs(account_ids: Iterable[int]) -> dict[int, int]:
    """Return the last account_seq of each account."""
    return dict(Account.objects.filter(pk__in=list(account_ids)).values_list("pk", "account_seq"))


def _unknown_market(slug: str) -> Problem:
    return Problem(Code.UNKNOWN_MARKET, f"There is no market {slug[:160]!r}.")


def _tape(trade: Trade) -> Tape:
    return Tape(
        id=trade.pk,
        contract=trade.contract_id,
        price_ticks=trade.price_ticks,
        quantity=trade.quantity,
        side=trade.taker_side,
        seq=trade.market_seq,
        time_ms=to_ms(trade.executed_at),
    )
