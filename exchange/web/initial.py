"""What a market page hands to its scripts, in the shapes of the API and the live feed."""

from collections.abc import Sequence
from typing import Any, Final

from core.money import format_ticks
from exchange.ledger.models import Account
from exchange.trading.checksums import Level
from exchange.trading.models import Position
from exchange.trading.serializers import OrderSerializer
from exchange.web.lines import OrderLine
from exchange.web.selectors import MarketView

# A book larger than this is not sent twice: the feed's own snapshot brings it.
LEVELS_EMBEDDED_MAX: Final = 2_000


def get_initial_state(view: MarketView, account: Account | None) -> dict[str, Any]:
    """Return the page's first state as JSON values."""
    market = view.market
    return {
        "market": {
            "slug": market.slug,
            "status": market.status,
            "step_ticks": market.price_step_ticks,
            "yes_no": view.is_yes_no,
            "volume": market.volume,
            "contracts": [
                {
                    "id": str(ladder.contract.pk),
                    "name": ladder.contract.name,
                    "last_ticks": ladder.contract.last_price_ticks,
                }
                for ladder in view.ladders
            ],
        },
        "book": _book(view),
        "account": _account(account) if account else None,
        "orders": [_order(line) for line in view.mine.orders],
        "positions": [_position(one.position, market.slug) for one in view.mine.holdings],
    }


def _book(view: MarketView) -> dict[str, Any]:
    book = view.book
    levels = sum(len(one.bids) + len(one.asks) for one in book.contracts)
    complete = levels <= LEVELS_EMBEDDED_MAX
    contracts = [
        {
            "contract": str(one.contract),
            "bids": _levels(one.bids),
            "asks": _levels(one.asks),
            "checksum": one.checksum,
        }
        for one in (book.contracts if complete else ())
    ]
    return {"epoch": book.epoch, "seq": book.seq, "complete": complete, "contracts": contracts}


def _levels(levels: Sequence[Level]) -> list[list[Any]]:
    return [[format_ticks(price), quantity] for price, quantity in levels]


def _account(account: Account) -> dict[str, Any]:
    return {
        "balance": format_ticks(account.balance_ticks),
        "exposure": format_ticks(account.exposure_ticks),
        "available": format_ticks(account.available_ticks),
        "account_seq": account.account_seq,
    }


def _order(line: OrderLine) -> dict[str, Any]:
    """Return an order as the feed has it, with its place in the queue."""
    queue = line.queue
    ahead = None if queue is None else {"quantity": queue.quantity, "orders": queue.orders}
    return OrderSerializer(line.order).data | {"ahead": ahead}


def _position(position: Position, slug: str) -> dict[str, Any]:
    return {
        "market": slug,
        "contract": str(position.contract_id),
        "quantity": position.quantity,
        "cash": format_ticks(position.cash_ticks),
    }
