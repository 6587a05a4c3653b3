"""A client that trades for no reason, by its own replica: small orders around the middle."""

import asyncio
import random
from decimal import Decimal
from typing import Final

from likely_client.aio import AsyncClient
from likely_client.errors import ConflictError, NotFoundError
from likely_client.models import Order, Side
from likely_client.replicas import AsyncBook

_PAUSE_S: Final = (0.1, 0.6)
_OPEN_MAX: Final = 4
_QUANTITY_MAX: Final = 5
_REACH: Final = Decimal("0.02")
_HALF: Final = Decimal("0.5")


async def make_noise(client: AsyncClient, book: AsyncBook, chance: random.Random) -> None:
    """Place orders, and cancel the oldest where some rest, until cancelled."""
    resting: list[Order] = []
    while True:
        await asyncio.sleep(chance.uniform(*_PAUSE_S))
        try:
            if len(resting) >= _OPEN_MAX:
                await client.cancel(resting.pop(0))
            elif (order := await _trade(client, book, chance)).open_quantity:
                resting.append(order)
        except (ConflictError, NotFoundError):
            continue  # somebody was quicker, or the money is in orders: another try, another way


async def _trade(client: AsyncClient, book: AsyncBook, chance: random.Random) -> Order:
    """Buy or sell a little, at a price that rests about as often as it takes."""
    contract = chance.choice(book.market.contracts)
    side: Side = chance.choice(("buy", "sell"))
    middle = book[contract.name].mid
    reach = chance.choice((-_REACH, _REACH))
    price = (_HALF if middle is None else middle) + (reach if side == "buy" else -reach)
    trade = client.buy if side == "buy" else client.sell
    return await trade(
        book.market.slug,
        contract.name,
        price=book.market.on_tick(price, side=side),
        quantity=chance.randint(1, _QUANTITY_MAX),
    )
