"""Changes of the journal become what members are told: who, about what, with which figures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from urllib.parse import quote

from django.db.models import Q, QuerySet

from exchange.markets.models import Market
from exchange.markets.outcomes import name_other_outcome, name_traded, price_traded
from exchange.trading.models import Order, Position, Trade
from notifications.changes import Change, MarketChange, OrderChange, TradeChange
from notifications.kinds import Kind
from notifications.readers import find_owners
from notifications.telling import Told
from social.following.models import MarketFollow


def compose(changes: Sequence[Change]) -> list[Told]:
    """Return what members are to be told of changes, in the order of the changes. Reads only."""
    return list(_Composer(changes).compose())


class _Composer:
    """The rows that the words need, read once for all changes."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes
        over = [change for change in _markets_in(changes) if change.is_over]
        self._concerned = {change.key: _accounts_concerned(change) for change in over}
        accounts = {c.account for c in changes if not isinstance(c, MarketChange)}
        self._owners = find_owners(accounts.union(*self._concerned.values()))
        self._orders = self._read_orders()
        self._markets = self._read_markets()
        self._followers = _read_followers(_markets_in(changes))

    def compose(self) -> Iterator[Told]:
        for change in self._changes:
            if isinstance(change, MarketChange):
                yield from self._of_market(change)
            elif (user_id := self._owners.get(change.account)) is None:
                continue
            elif isinstance(change, TradeChange):
                yield self._of_trade(change, user_id)
            elif change.order in self._orders:
                order = self._orders[change.order]
                yield _of_order(change, order, self._markets[order.market_id], user_id)

    def _read_orders(self) -> dict[int, Order]:
        """Return the orders that somebody is told of; one without a contract has no row."""
        ids = {
            change.order
            for change in self._changes
            if isinstance(change, OrderChange) and change.account in self._owners
        }
        return Order.objects.in_bulk(ids)

    def _read_markets(self) -> dict[int, Market]:
        """Return the markets of all changes, each once: many orders are of few markets."""
        ids = {change.market for change in self._changes if not isinstance(change, OrderChange)}
        ids |= {order.market_id for order in self._orders.values()}
        markets = Market.objects.select_related("event").prefetch_related("contracts")
        return markets.in_bulk(ids)

    def _of_trade(self, change: TradeChange, user_id: int) -> Told:
        market = self._markets[change.market]
        data = {
            **_market_data(market),
            **_traded(market, change.contract, change.side, change.price_ticks),
            "trade": str(change.trade),
            "quantity": change.quantity,
        }
        return _told(Kind.TRADE_VOIDED, change.key, user_id, market, data)

    def _of_market(self, change: MarketChange) -> Iterator[Told]:
        """Tell whoever held something what came of it, and those who follow that it happened."""
        market = self._markets[change.market]
        data = {**_market_data(market), "winner": _winner_name(change, market)}
        holders = set()
        for account in sorted(self._concerned.get(change.key, set()) & self._owners.keys()):
            user_id = self._owners[account]
            holders.add(user_id)
            mine = {**data, "amount_ticks": change.amounts_ticks.get(account, 0)}
            yield _told(change.status, f"{change.key}:{account}", user_id, market, mine)
        for user_id in self._followers.get(change.market, ()):
            if user_id not in holders:
                yield _told(f"market_{change.status}", change.key, user_id, market, data)


def _markets_in(changes: Iterable[Change]) -> list[MarketChange]:
    return [change for change in changes if isinstance(change, MarketChange)]


def _read_followers(changes: Iterable[MarketChange]) -> dict[int, list[int]]:
    """Return, by market, the members who follow it, in the order in which they began."""
    ids = {change.market for change in changes}
    follows = MarketFollow.objects.filter(market_id__in=ids).order_by("pk") if ids else ()
    found: dict[int, list[int]] = {}
    for follow in follows:
        found.setdefault(follow.market_id, []).append(follow.follower_id)
    return found


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


def _distinct(rows: QuerySet[Any], column: str) -> AbstractSet[int]:
    return set(rows.order_by().values_list(column, flat=True).distinct())


def _of_order(change: OrderChange, order: Order, market: Market, user_id: int) -> Told:
    side = order.side
    is_yes_no = _is_yes_no(market)
    data = {
        **_market_data(market),
        **_traded(market, order.contract_id, side, order.price_ticks),
        "fills": [
            (price_traded(price_ticks, side, is_yes_no=is_yes_no), quantity)
            for price_ticks, quantity in change.fills
        ],
        "order": str(order.pk),
        "order_quantity": order.quantity,
        "quantity": change.quantity,
        "reason": change.reason,
    }
    if change.price_ticks is not None:
        new_ticks = price_traded(change.price_ticks, side, is_yes_no=is_yes_no)
        data["new_price_ticks"] = new_ticks
    return _told(change.status, change.key, user_id, market, data)


def _traded(market: Market, contract_id: int, side: str, price_ticks: int) -> dict[str, Any]:
    """Return what is traded at which price, in the words and prices of the pages."""
    is_yes_no = _is_yes_no(market)
    contract = next(one for one in market.contracts.all() if one.pk == contract_id)
    words = name_traded(contract.name, side, is_yes_no=is_yes_no)
    return {
        "side": words[0],
        "contract": words[1],
        "price_ticks": price_traded(price_ticks, side, is_yes_no=is_yes_no),
    }


def _is_yes_no(market: Market) -> bool:
    return len(market.contracts.all()) == 1


def _winner_name(change: MarketChange, market: Market) -> str:
    """Return the name of the outcome that won, "" where none did."""
    if change.status != "settled":
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


def _told(kind: str, key: str, user_id: int, market: Market, data: Mapping[str, Any]) -> Told:
    return Told(
        user_id=user_id,
        key=key,
        kind=kind,
        url=f"/markets/{quote(market.slug)}/",
        data=data,
        thread=f"market:{market.pk}",
    )
