"""Members trading through the gateway, for the tests of mails."""

from accounts.models import User
from exchange.markets.models import Contract, Market
from exchange.trading import gateway
from exchange.trading.gateway import Answer, OrderRequest
from tests.factories import create_event, create_market, first_contract


def open_market(title: str = "Will it rain?", *, outcomes: tuple[str, ...] = ("Yes",)) -> Market:
    event = create_event(title=title, category="Weather")
    market = create_market(event=event, title=title, outcomes=outcomes, rules="By the gauge.")
    lifecycle(market, "open")
    return Market.objects.get(pk=market.pk)


def lifecycle(market: Market, action: str, winner: Contract | None = None) -> Answer:
    market = Market.objects.get(pk=market.pk)
    answer = gateway.submit_lifecycle(user=None, market=market, action=action, winner=winner)
    assert answer.reason == ""
    return answer


def place(
    user: User,
    market: Market,
    side: str,
    price_ticks: int,
    quantity: int,
    *,
    contract: Contract | None = None,
    **fields: object,
) -> int:
    request = OrderRequest(
        contract=contract or first_contract(market),
        side=side,
        price_ticks=price_ticks,
        quantity=quantity,
        **fields,
    )
    return gateway.place_order(account=user.account, user=user, order=request).command_id
