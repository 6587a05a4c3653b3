"""What is over in the demo: markets that were traded and ended, one of them without a result.

So a new site has results, profits and badges to show. All of it is made as members and operators
make it: orders, the book's trades, a settlement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from exchange.markets.models import Contract, Event, Market, MarketStatus
from exchange.markets.services import create_event, create_market
from exchange.trading.gateway import OrderRequest, place_order, submit_lifecycle
from exchange.web.demo.people import People, Trader

_METADATA: Final = {"_demo": True}
_TICKS_PER_CENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """Who bought what of whom; the seller's order was there first."""

    outcome: str
    buyer: str
    seller: str
    cents: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A question that is over; without a winner it was voided."""

    event: str
    category: str
    title: str
    rules: str
    outcomes: tuple[str, ...]
    winner: str | None
    deals: tuple[Deal, ...]


def deals_of(*rows: tuple[str, str, str, int, int]) -> tuple[Deal, ...]:
    """Return deals written as rows: outcome, buyer, seller, cents, quantity."""
    return tuple(
        Deal(outcome=outcome, buyer=buyer, seller=seller, cents=cents, quantity=quantity)
        for outcome, buyer, seller, cents, quantity in rows
    )


_PAST: Final = (
    Past(
        event="Office chess cup",
        category="Games",
        title="Who wins the office chess cup?",
        rules="The winner of the final, as the notice board has it. A demo market: it is over.",
        outcomes=("Ines", "Kofi", "Lena", "Olek", "Rosa"),
        winner="Lena",
        deals=deals_of(
            ("Ines", "bob", "alice", 30, 40),
            ("Kofi", "bob", "demo-maker", 25, 30),
            ("Kofi", "site-admin", "alice", 24, 15),
            ("Lena", "alice", "bob", 9, 50),
            ("Lena", "alice", "demo-maker", 14, 60),
            ("Lena", "site-admin", "bob", 21, 20),
            ("Olek", "demo-bot-1", "alice", 18, 35),
            ("Olek", "site-admin", "bob", 20, 10),
            ("Rosa", "bob", "site-admin", 12, 25),
            ("Rosa", "demo-bot-2", "alice", 10, 20),
            ("Ines", "demo-bot-3", "site-admin", 28, 15),
        ),
    ),
    Past(
        event="The canteen",
        category="Everyday life",
        title="Does the canteen serve lentil soup this week?",
        rules="Yes if it is on the menu of any day. A demo market: it is over.",
        outcomes=("Yes",),
        winner="Yes",
        deals=deals_of(
            ("Yes", "bob", "alice", 55, 20),
            ("Yes", "bob", "demo-maker", 60, 30),
            ("Yes", "demo-bot-2", "site-admin", 64, 10),
        ),
    ),
    Past(
        event="The summer fair",
        category="Everyday life",
        title="Does the summer fair take place outdoors?",
        rules="Voided if there is no fair at all. A demo market: the fair was cancelled.",
        outcomes=("Yes",),
        winner=None,
        deals=deals_of(
            ("Yes", "alice", "bob", 70, 15),
            ("Yes", "site-admin", "demo-maker", 72, 10),
        ),
    ),
)


def make_past(people: People) -> None:
    """Make the markets that are over, each with its trades and its end.

    Needs a book worker that answers. Again, it changes nothing, and goes on where it was left.
    """
    traders = {trader.user.handle: trader for trader in people.everybody}
    for past in _PAST:
        play(past, traders=traders, admin=people.admin)


def play(past: Past, *, traders: Mapping[str, Trader], admin: Trader) -> None:
    """Open a question, make its deals, and end it as it ended; each once."""
    market = _market(past)
    if market.status == MarketStatus.DRAFT:
        submit_lifecycle(user=admin.user, market=market, action="open")
        market.refresh_from_db()
    if market.status == MarketStatus.OPEN:
        _trade(past, market, traders)
        _end(past, market, admin)


def _market(past: Past) -> Market:
    """Return the question's market as it is; make it where there is none."""
    known = Market.objects.filter(title=past.title, event__metadata__says=("_demo", "true"))
    if (market := known.first()) is not None:
        return market
    event = Event.objects.filter(title=past.event, category=past.category).first()
    return create_market(
        event=event or create_event(title=past.event, category=past.category, metadata=_METADATA),
        title=past.title,
        outcomes=past.outcomes,
        rules=past.rules,
    )


def _trade(past: Past, market: Market, traders: Mapping[str, Trader]) -> None:
    """Place the orders of every deal; one placed before is not placed again."""
    contracts = {one.name: one for one in market.contracts.select_related("market__event")}
    for number, deal in enumerate(past.deals):
        for side, handle in (("sell", deal.seller), ("buy", deal.buyer)):
            trader = traders[handle]
            order = _order(contracts[deal.outcome], deal, side, number)
            place_order(account=trader.account, user=trader.user, order=order)


def _order(contract: Contract, deal: Deal, side: str, number: int) -> OrderRequest:
    return OrderRequest(
        contract=contract,
        side=side,
        price_ticks=deal.cents * _TICKS_PER_CENT,
        quantity=deal.quantity,
        time_in_force="GTC",
        client_order_id=f"demo-past-{contract.pk}-{side}-{number}",
    )


def _end(past: Past, market: Market, admin: Trader) -> None:
    if past.winner is None:
        submit_lifecycle(user=admin.user, market=market, action="void")
        return
    winner = market.contracts.get(name=past.winner)
    submit_lifecycle(user=admin.user, market=market, action="close")
    submit_lifecycle(user=admin.user, market=market, action="settle", winner=winner)
