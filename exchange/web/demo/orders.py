"""The demo's first orders: quotes on both sides of every book, and some trades."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from exchange.markets.models import Contract
from exchange.trading.bulk import BulkOrder, submit_orders
from exchange.trading.gateway import OrderRequest
from exchange.trading.models import CommandKey
from exchange.web.demo.markets import open_demo_contracts, starting_prices
from exchange.web.demo.people import People, Trader

PRICE_TICKS_MIN: Final = 100
PRICE_TICKS_MAX: Final = 9_900
_TICKS_PER_CENT: Final = 100
# Distance from the starting price in cents, and quantity.
_QUOTES: Final = ((1, 40), (2, 75), (4, 160))
# Side, least quantity, and by how much it grows from contract to contract, up to a most: some
# markets look busier than others, and no take is more than the quotes hold.
_TAKES: Final = (("buy", 3, 11, 29), ("sell", 2, 7, 17), ("buy", 1, 5, 13))


def submit_first_orders(people: People) -> list[int]:
    """Submit the demo's first orders where that was not done yet; return the new ones' ids.

    Each has a client_order_id of its own, so it is placed once however often this runs. The
    inbox keeps their order: a taker's order finds the quotes.
    """
    before = _submitted_before(people)
    orders = [
        item
        for item in _plan(people)
        if (item.account.pk, item.order.client_order_id) not in before
    ]
    return submit_orders(orders=orders) if orders else []


def clamp_price(price_ticks: int) -> int:
    """Return the price, or the nearest one that a market takes."""
    return max(PRICE_TICKS_MIN, min(PRICE_TICKS_MAX, price_ticks))


def _submitted_before(people: People) -> set[tuple[int, str]]:
    traders = (people.alice, people.bob, *people.bots)
    keys = CommandKey.objects.filter(
        account__in=[trader.account for trader in traders], client_order_id__startswith="demo-"
    )
    return set(keys.values_list("account_id", "client_order_id"))


def _plan(people: People) -> Iterator[BulkOrder]:
    prices = starting_prices()
    contracts = [contract for contract in open_demo_contracts() if contract.pk in prices]
    for index, contract in enumerate(contracts):
        price_ticks = prices[contract.pk]
        yield from _quotes(people.maker, contract, price_ticks)
        taker = people.noise[index % len(people.noise)]
        yield from _takes(taker, contract, price_ticks, index)
    yield from _members_orders(people, contracts, prices)


def _quotes(maker: Trader, contract: Contract, price_ticks: int) -> Iterator[BulkOrder]:
    for level, (cents, quantity) in enumerate(_QUOTES):
        for side, sign in (("buy", -1), ("sell", 1)):
            price = clamp_price(price_ticks + sign * cents * _TICKS_PER_CENT)
            yield _order(maker, contract, side, price, quantity, f"quote-{level}")


def _takes(taker: Trader, contract: Contract, price_ticks: int, index: int) -> Iterator[BulkOrder]:
    for number, (side, least, step, spread) in enumerate(_TAKES):
        quantity = least + index * step % spread
        sign = 1 if side == "buy" else -1
        price = clamp_price(price_ticks + sign * 2 * _TICKS_PER_CENT)
        yield _order(taker, contract, side, price, quantity, f"take-{number}", "IOC")


def _members_orders(
    people: People, contracts: Sequence[Contract], prices: Mapping[int, int]
) -> Iterator[BulkOrder]:
    """Let the members hold something, and have something in the book."""
    plan = ((people.alice, "buy", 2), (people.bob, "sell", -2), (people.alice, "buy", -6))
    for (trader, side, cents), contract in zip(plan, contracts, strict=False):
        price = clamp_price(prices[contract.pk] + cents * _TICKS_PER_CENT)
        yield _order(trader, contract, side, price, 20, "member")


def _order(  # noqa: PLR0917 -- one row of the plan, read as such
    trader: Trader,
    contract: Contract,
    side: str,
    price_ticks: int,
    quantity: int,
    name: str,
    tif: str = "GTC",
) -> BulkOrder:
    order = OrderRequest(
        contract=contract,
        side=side,
        price_ticks=price_ticks,
        quantity=quantity,
        time_in_force=tif,
        client_order_id=f"demo-{contract.pk}-{side}-{name}",
    )
    return BulkOrder(account=trader.account, user=trader.user, order=order)
