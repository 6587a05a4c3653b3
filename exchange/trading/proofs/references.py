"""Rows refer to what exists, also where the database does not look."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Exists, OuterRef

from accounts.models import User
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market
from exchange.trading.models import MarketExposure, Order, Position, Trade

_SHOWN_MAX: Final = 20
_ACCOUNT, _MARKET, _CONTRACT = (
    ("account_id", Account), ("market_id", Market), ("contract_id", Contract),
)  # fmt: skip
# Model -> its columns that name a row of another table without a foreign key.
_REFERENCES: Final[tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...]] = (
    (Order, (_ACCOUNT, ("user_id", User), _MARKET, _CONTRACT)),
    (
        Trade,
        (
            _MARKET,
            _CONTRACT,
            ("maker_order_id", Order),
            ("taker_order_id", Order),
            ("maker_account_id", Account),
            ("taker_account_id", Account),
        ),
    ),
    (Position, (_ACCOUNT, _MARKET, _CONTRACT)),
    (MarketExposure, (_ACCOUNT, _MARKET)),
)


def check_references() -> Iterator[str]:
    """Every row refers to what exists: the database does not look (docs/decisions/0011)."""
    for model, columns in _REFERENCES:
        for column, other in columns:
            found = other.objects.filter(pk=OuterRef(column))
            rows = model.objects.exclude(**{column: None}).filter(~Exists(found))
            for pk in rows.values_list("pk", flat=True)[:_SHOWN_MAX]:
                yield f"{model.__name__} {pk}: its {column} names nothing"
