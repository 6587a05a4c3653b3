"""What one account has at stake in one market, kept so that exposure costs no search.

W of exposure.py has a part that all outcomes share and a part of each outcome:

    W[i] = (C - sum of all B) + (q[i] x payout + B[i] - S[i])
         =       base         +        if_wins[i]

The shared part is one number, the other a list, so an order or a fill changes a few numbers and
exposure is one min() over the outcomes of this market, whatever the number of orders. It is put
off until somebody asks (funds.py): then the position is no longer stale.
"""

from typing import TYPE_CHECKING, Final

from exchange.engine.accounts import Account

if TYPE_CHECKING:
    from exchange.engine.undo import UndoLog

Image = tuple[int, int, tuple[int, ...], tuple[int, ...], int]


class Position:
    """Net cash, quantities and the hold of open orders. All in ticks but the quantities.

    `base_ticks` is what all outcomes share: cash less the hold of all open buys. `if_wins_ticks`
    ends with a 0 that never changes where the market has the outcome without a book: nothing can
    be held or ordered there. `exposure_ticks` is exact unless the position `is_stale`.
    `is_known` says that it is among those of its market.
    """

    __slots__ = (
        "account",
        "base_ticks",
        "cash_ticks",
        "exposure_ticks",
        "if_wins_ticks",
        "is_known",
        "is_stale",
        "kept_by",
        "owner",
        "quantities",
    )

    def __init__(self, owner: Account, contracts: int, outcomes: int) -> None:
        self.owner: Final = owner
        self.account: Final = owner.account
        self.cash_ticks = 0
        self.base_ticks = 0
        self.quantities = [0] * contracts
        self.if_wins_ticks = [0] * outcomes
        self.exposure_ticks = 0
        self.is_known = False
        self.is_stale = False
        self.kept_by: UndoLog | None = None

    def add_order(self, is_buy: bool, outcome: int, hold_ticks: int) -> None:  # noqa: FBT001 -- the side
        """Count an open order; hold_ticks is its unit_ticks x open quantity, below 0 to uncount."""
        if is_buy:
            self.base_ticks -= hold_ticks
            self.if_wins_ticks[outcome] += hold_ticks
        else:
            self.if_wins_ticks[outcome] -= hold_ticks

    def worst_loss_ticks(self) -> int:
        """Return the exposure as the numbers now stand. Linear in the outcomes."""
        loss_ticks = -self.base_ticks - min(self.if_wins_ticks)
        return loss_ticks if loss_ticks > 0 else 0  # noqa: FURB136 -- twice as fast as max()

    def reducible(self, is_buy: bool, outcome: int) -> int:  # noqa: FBT001 -- the side
        """Return how many contracts a trade on this side could take off what is held."""
        held = self.quantities[outcome]
        return max(0, -held if is_buy else held)

    def clear(self) -> None:
        """Set all numbers to 0."""
        self.cash_ticks = self.base_ticks = 0
        self.quantities = [0] * len(self.quantities)
        self.if_wins_ticks = [0] * len(self.if_wins_ticks)

    def is_flat(self) -> bool:
        """Whether nothing was ever gained, lost or kept here: as if it had never been."""
        return not self.cash_ticks and not any(self.quantities)

    def image(self) -> Image:
        """Return all numbers, for `restore`."""
        return (
            self.cash_ticks,
            self.base_ticks,
            tuple(self.quantities),
            tuple(self.if_wins_ticks),
            self.exposure_ticks,
        )

    def restore(self, image: Image) -> None:
        """Set all numbers to those of an image."""
        self.cash_ticks, self.base_ticks, quantities, if_wins_ticks, self.exposure_ticks = image
        self.quantities = list(quantities)
        self.if_wins_ticks = list(if_wins_ticks)
