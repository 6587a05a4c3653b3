"""The engine's reasons to refuse, as problems for people."""

from collections.abc import Mapping
from typing import Final

from core.errors import Code
from exchange.engine.enums import RejectReason

# Reasons that only a badly made market or command meets share a code; all others have their own.
_SHARED: Final[Mapping[RejectReason, Code]] = {
    RejectReason.INVALID_CONTRACTS: Code.INVALID,
    RejectReason.INVALID_PAYOUT: Code.INVALID,
    RejectReason.INVALID_PRICE_STEP: Code.INVALID,
    RejectReason.INVALID_COLLAR: Code.INVALID,
    RejectReason.INVALID_AMOUNT: Code.INVALID,
    RejectReason.CONTRACT_EXISTS: Code.MARKET_EXISTS,
}


def code_of(reason: str) -> Code:
    """Return the code by which a reason of the engine is told. Raises ValueError for no reason."""
    known = RejectReason(reason)
    return _SHARED.get(known) or Code(known.value)
