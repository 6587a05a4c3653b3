"""Changes become mails: who reads them, about what, under which subject."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from exchange.markets.models import Market
from exchange.markets.outcomes import name_other_outcome, name_traded, price_traded
from exchange.trading.models import Order, Position, Trade
from notifications.changes import Change, MarketChange, OrderChange
from notifications.models import Mail
from notifications.readers import Reader, find_readers
from notifications.wording import market_subject, order_subject


def compose(changes: Sequence[Change]) -> list[Mail]:
    """Return the mails about changes, unsaved, in the order of the changes. Reads only."""
    about_markets = [change for change in changes if isinstance(change, MarketChange)]
    concerned = {change.market: _accounts_concerned(change) for change in about_markets}
    accounts = {change.account for change in changes if isinstance(change, OrderChange)}
    readers = find_readers(accounts.union(*concerned.values()))
    orders = _orders_of(changes, readers)
    markets = Market.objects.select_related("event").in_bulk(concerned)
    now = timezone.now()
    mails: list[Mail] = []
    for change in changes:
        if isinstance(change, MarketChange):
            market = markets[change.market]
            mails += _market_mails(change, market, concerned[market.pk], readers, now)
        elif change.order in orders and change.account in readers:
            mails.append(_order_mail(change, orders[change.order], readers[change.account], now))
    return mails


def _orders_of(changes: Iterable[Change], readers: Mapping[int, Reader]) -> dict[int, Order]:
    """Return the orders that somebody reads about; a refused one without a contract has no row."""
    ids = {
        change.order
        for change in changes
        if isinstance(change, OrderChange) and change.account in readers
    }
    orders = Order.objects.select_related("contract", "market__event")
    return orders.prefetch_related("market__contracts").in_bulk(ids)


def _accounts_concerned(change: MarketChange) -> set[int]:
    """Return the accounts that held something: all that traded, where every trade was undone."""
    accounts = set(change.amounts_ticks)
    if change.status == "voided":
        trades = Trade.objects.filter(market_id=change.market)
        for column in ("maker_account", "taker_account"):
            accounts |= _distinct(trades, column)
        return accounts
    positions = Position.objects.filter(market_id=change.market)
    return accounts | _distinct(positions.filter(~Q(quantity=0) | ~Q(cash_ticks=0)), "account")


def _distinct(rows: QuerySet[Any], column: str) -> set[int]:
    return set(rows.order_by().values_list(column, flat=True).distinct())


def _order_mail(change: OrderChange, order: Order, reader: Reader, now: datetime) -> Mail:
    data = {
        **_market_data(order.market),
        **_traded(order, change),
        "order": str(order.pk),
        "order_quantity": order.quantity,
        "quantity": change.quantity,
        "reason": change.reason,
    }
    return _mail(
        kind=change.status,
        key=change.key,
        subject=order_subject(change.status, data),
        data=data,
        reader=reader,
        now=now,
    )


def _traded(order: Order, change: OrderChange) -> dict[str, Any]:
    """Return what is traded and at which prices, in the words and prices of the pages."""
    side, is_yes_no = order.side, len(order.market.contracts.all()) == 1
    words = name_traded(order.contract.name, side, is_yes_no=is_yes_no)
    return {
        "side": words[0],
        "contract": words[1],
        "price_ticks": price_traded(order.price_ticks, side, is_yes_no=is_yes_no),
        "fills": [
            (price_traded(price_ticks, side, is_yes_no=is_yes_no), quantity)
            for price_ticks, quantity in change.fills
        ],
    }


def _market_mails(
    change: MarketChange,
    market: Market,
    accounts: AbstractSet[int],
    readers: Mapping[int, Reader],
    now: datetime,
) -> list[Mail]:
    winner = _winner_name(change, market)
    mails = []
    for account in sorted(accounts & readers.keys()):
        amount_ticks = change.amounts_ticks.get(account, 0)
        data = {**_market_data(market), "winner": winner, "amount_ticks": amount_ticks}
        mail = _mail(
            kind=change.status,
            key=f"{change.key}:{account}",
            subject=market_subject(change.status, data),
            data=data,
            reader=readers[account],
            now=now,
        )
        mails.append(mail)
    return mails


def _winner_name(change: MarketChange, market: Market) -> str:
    """Return the name of the outcome that won, "" for a voided market."""
    if change.status == "voided":
        return ""
    names = {contract.pk: contract.name for contract in market.contracts.all()}
    if change.winner in names:
        return names[change.winner]
    return name_other_outcome(list(names.values()))


def _market_data(market: Market) -> dict[str, Any]:
    return {
        "event": market.event.title,
        "market": market.title,
        "market_id": market.pk,
        "slug": market.slug,
        "step_ticks": market.price_step_ticks,
    }


def _mail(
    *,
    kind: str,
    key: str,
    subject: str,
    data: Mapping[str, Any],
    reader: Reader,
    now: datetime,
) -> Mail:
    return Mail(
        user_id=reader.user_id,
        key=key,
        kind=kind,
        recipient=reader.address,
        subject=subject,
        data=data,
        due_at=now,
        created_at=now,
    )
