"""The contracts that orders name, kept for a few seconds: the door need not ask for each order.

Only what is open for orders in principle is kept: a draft is asked for again each time. What a
kept one says may be a few seconds old; the book judges by its own.
"""

import time
from typing import Final

from core.errors import Code, Problem
from exchange.markets.models import Contract, MarketStatus

_FRESH_S: Final = 5.0
_KEPT_MAX: Final = 10_000

_kept: dict[int, tuple[float, Contract]] = {}


def find_contract(contract_id: int) -> Contract:
    """Return a contract with its market. Raises Problem UNKNOWN_CONTRACT; a draft's is unknown."""
    kept = _kept.get(contract_id)
    now_s = time.monotonic()
    if kept is not None and now_s < kept[0]:
        return kept[1]
    contract = read_contract(contract_id)
    if len(_kept) >= _KEPT_MAX:
        _kept.clear()
    _kept[contract_id] = (now_s + _FRESH_S, contract)
    return contract


def is_known(contract_id: int) -> bool:
    """Whether `find_contract` would not ask the database."""
    kept = _kept.get(contract_id)
    return kept is not None and time.monotonic() < kept[0]


def forget_contracts() -> None:
    """Ask for every contract again."""
    _kept.clear()


def read_contract(contract_id: int) -> Contract:
    """Return a contract as it is now. Raises Problem UNKNOWN_CONTRACT; a draft's is unknown."""
    shown = Contract.objects.select_related("market").exclude(market__status=MarketStatus.DRAFT)
    contract = shown.filter(pk=contract_id).first()
    if contract is None:
        raise Problem(Code.UNKNOWN_CONTRACT)
    return contract
