"""What the hub reads from the database. Plain blocking functions for the hub's own threads."""

from collections.abc import Callable, Iterable
from typing import Any, Final, ParamSpec, TypeVar

from django.core.validators import slug_unicode_re
from django.db import close_old_connections

from accounts.models import User
from accounts.selectors import get_member
from core.errors import Code, Problem
from exchange.ledger.models import Account
from exchange.ledger.selectors import get_trading_account
from exchange.marketdata.selectors import get_book, list_trades
from exchange.markets.models import Market, MarketStatus
from exchange.markets.selectors import list_events
from exchange.realtime.feed import MarketSnapshot
from exchange.realtime.frames import Tape
from exchange.realtime.limits import TRADES_SHOWN
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


def find_event(slug: str) -> int:
    """Return an event's id. Raises Problem NOT_FOUND, also while all its markets are drafts."""
    event_id = list_events().filter(slug=slug).values_list("id", flat=True).first()
    if event_id is None:
        raise Problem(Code.NOT_FOUND, f"There is no event {slug[:160]!r}.")
    return event_id


def find_member(handle: str) -> int:
    """Return the id of an active member, whatever the handle's case. Raises Problem NOT_FOUND."""
    member = get_member(handle)
    if member is None:
        raise Problem(Code.NOT_FOUND, f"There is no member {handle[:160]!r}.")
    return member.pk


def find_account(user_id: int) -> int:
    """Return the account a member trades with. Raises Problem EMAIL_NOT_CONFIRMED: none yet."""
    account = get_trading_account(User.objects.get(pk=user_id))
    if account is None:
        raise Problem(Code.EMAIL_NOT_CONFIRMED)
    return account.pk


def load_market(market_id: int) -> MarketSnapshot:
    """Return a market's whole book and its latest trades, all at one seq."""
    market = Market.objects.only("slug").get(pk=market_id)
    book = get_book(market)
    trades = list_trades(market).filter(market_seq__lte=book.seq)
    return MarketSnapshot(
        market_id=market_id,
        slug=market.slug,
        epoch=book.epoch,
        seq=book.seq,
        status=book.status,
        books={entry.contract: (entry.bids, entry.asks) for entry in book.contracts},
        trades=[_tape(row) for row in reversed(trades.values_list(*_TAPE)[:TRADES_SHOWN])],
    )


def read_market_seqs(market_ids: Iterable[int]) -> dict[int, int]:
    """Return the last seq of each market, as journaled."""
    return dict(Market.objects.filter(pk__in=list(market_ids)).values_list("pk", "seq"))


def read_account_seqs(account_ids: Iterable[int]) -> dict[int, int]:
    """Return the last account_seq of each account."""
    return dict(Account.objects.filter(pk__in=list(account_ids)).values_list("pk", "account_seq"))


def _unknown_market(slug: str) -> Problem:
    return Problem(Code.UNKNOWN_MARKET, f"There is no market {slug[:160]!r}.")


_TAPE: Final = (
    "id", "kind", "contract_id", "price_ticks", "quantity", "taker_side", "market_seq",
    "executed_at",
)  # fmt: skip


def _tape(row: tuple[Any, ...]) -> Tape:
    *same, executed_at = row
    return Tape(*(*same, to_ms(executed_at)))
