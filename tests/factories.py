"""Rows for tests, by plain functions. Real services where there is one.

make_order, make_trade and make_position write what the book worker would have written before;
exposures and account_seq follow, so a worker that starts later goes on from these rows.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

from allauth.account.models import EmailAddress
from django.db.models import F, Sum

from accounts.models import User
from core.ids import new_id
from core.money import PAYOUT_TICKS
from exchange.engine.exposure import exposure_ticks
from exchange.ledger.models import Account, AccountKind
from exchange.ledger.services import grant
from exchange.markets.models import Contract, Event, Market
from exchange.markets.services import create_event, create_market
from exchange.trading.models import MarketExposure, Order, Position, Trade
from search.services import index_markets

CREDIT = 10_000
WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_numbers = count(1)


def make_user(handle: str = "", *, confirmed: bool = True, **fields: object) -> User:
    """A user without a trading account. Log in with `force_login`, or give a password."""
    handle = handle or f"user{next(_numbers)}"
    password = fields.pop("password", None)
    user = User.objects.create_user(f"{handle}@example.com", handle, password, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=confirmed)
    return user


def make_account(*, owner: User | None = None, balance_credits: int = 1_000) -> Account:
    """A member account with that many credits."""
    code = f"member-{owner.pk}" if owner else f"flow-{next(_numbers)}"
    account = Account.objects.create(kind=AccountKind.MEMBER, code=code, owner=owner)
    if balance_credits:
        grant(account=account, amount_ticks=balance_credits * CREDIT, reference=f"test:{code}")
    account.refresh_from_db()
    return account


def make_member(handle: str = "", *, balance_credits: int = 1_000, **fields: object) -> User:
    """A user who may trade; the account is `get_trading_account(user)`, here `user.account`."""
    user = make_user(handle, **fields)
    user.account = make_account(owner=user, balance_credits=balance_credits)
    return user


def make_event(title: str = "", *, category: str = "Sport", **fields: object) -> Event:
    return create_event(title=title or f"Event {next(_numbers)}", category=category, **fields)


def make_market(
    *,
    outcomes: Sequence[str] = ("Yes",),
    status: str = "open",
    title: str = "",
    event: Event | None = None,
    category: str = "Sport",
    **fields: object,
) -> Market:
    """A market in that status. A book worker that is already running does not know of it."""
    market = create_market(
        event=event or make_event(category=category),
        title=title or f"Question {next(_numbers)}?",
        outcomes=outcomes,
        rules="As the official result says.",
        **fields,
    )
    Market.objects.filter(pk=market.pk).update(status=status, seq=1)
    index_markets(market_ids=[market.pk])
    return Market.objects.select_related("event").prefetch_related("contracts").get(pk=market.pk)


def first_contract(market: Market) -> Contract:
    return market.contracts.select_related("market").order_by("position")[0]


def make_order(
    account: Account,
    contract: Contract,
    *,
    side: str = "buy",
    price_ticks: int = 4_500,
    quantity: int = 10,
    filled: int = 0,
    cancelled: int = 0,
    status: str = "",
    **fields: object,
) -> Order:
    """An order as the book left it; what is neither filled nor cancelled is open."""
    open_quantity = quantity - filled - cancelled
    values = {
        "id": new_id(),
        "user": account.owner,
        "filled_quantity": filled,
        "cancelled_quantity": cancelled,
        "open_quantity": open_quantity,
        "notional_ticks": filled * price_ticks,
        "status": status or _status(open_quantity, filled, cancelled),
        "received_at": WHEN,
        "journaled_at": WHEN,
        "updated_at": WHEN,
    } | fields
    seq = _next_market_seq(contract.market_id)
    order = Order.objects.create(
        account=account,
        market_id=contract.market_id,
        contract=contract,
        side=side,
        price_ticks=price_ticks,
        quantity=quantity,
        accepted_seq=seq,
        market_seq=seq,
        account_seq=_next_account_seq(account),
        **values,
    )
    refresh_exposure(account, contract.market_id)
    return order


def make_trade(maker: Order, taker: Order, *, quantity: int = 10) -> Trade:
    """A trade between two orders at the maker's price; positions are not touched."""
    return Trade.objects.create(
        id=new_id(),
        market_id=maker.market_id,
        contract_id=maker.contract_id,
        price_ticks=maker.price_ticks,
        quantity=quantity,
        maker_order=maker,
        taker_order=taker,
        maker_account_id=maker.account_id,
        taker_account_id=taker.account_id,
        taker_side=taker.side,
        market_seq=_next_market_seq(maker.market_id),
        executed_at=WHEN,
    )


def make_position(
    account: Account, contract: Contract, *, quantity: int, cash_ticks: int
) -> Position:
    """A net position; a bought one has negative cash."""
    position = Position.objects.create(
        account=account,
        market_id=contract.market_id,
        contract=contract,
        quantity=quantity,
        cash_ticks=cash_ticks,
    )
    refresh_exposure(account, contract.market_id)
    return position


def refresh_exposure(account: Account, market_id: int) -> None:
    """Recompute an account's exposure in a market from its positions and open orders."""
    market = Market.objects.get(pk=market_id)
    contracts = list(market.contracts.values_list("pk", flat=True))
    rows = Position.objects.filter(account=account, market=market)
    held = dict(rows.values_list("contract_id", "quantity"))
    cash = rows.aggregate(n=Sum("cash_ticks"))["n"] or 0
    buys, sells = dict.fromkeys(contracts, 0), dict.fromkeys(contracts, 0)
    for order in Order.objects.filter(account=account, market=market, open_quantity__gt=0):
        if order.side == "buy":
            buys[order.contract_id] += order.price_ticks * order.open_quantity
        else:
            sells[order.contract_id] += (PAYOUT_TICKS - order.price_ticks) * order.open_quantity
    exposure = exposure_ticks(
        cash,
        [held.get(contract, 0) for contract in contracts],
        list(buys.values()),
        list(sells.values()),
        PAYOUT_TICKS,
        market.has_other,
    )
    _set_exposure(account, market, exposure)


def _set_exposure(account: Account, market: Market, exposure: int) -> None:
    row, _ = MarketExposure.objects.get_or_create(account=account, market=market)
    change = exposure - row.exposure_ticks
    MarketExposure.objects.filter(pk=row.pk).update(exposure_ticks=exposure)
    Account.objects.filter(pk=account.pk).update(exposure_ticks=F("exposure_ticks") + change)
    account.refresh_from_db()


def _status(open_quantity: int, filled: int, cancelled: int) -> str:
    if open_quantity:
        return "partially_filled" if filled else "new"
    return "cancelled" if cancelled else "filled"


def _next_market_seq(market_id: int) -> int:
    Market.objects.filter(pk=market_id).update(seq=F("seq") + 1)
    return Market.objects.values_list("seq", flat=True).get(pk=market_id)


def _next_account_seq(account: Account) -> int:
    Account.objects.filter(pk=account.pk).update(account_seq=F("account_seq") + 1)
    account.refresh_from_db()
    return account.account_seq
