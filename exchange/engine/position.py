"""What one account has at stake in one market, kept so that exposure costs no search.

W of exposure.py has a part that all outcomes share and a part of each outcome:

    W[i] = sum over all contracts of (C - B) + (q[i] x payout + B[i] - S[i])

Every number of it belongs to one contract, so an order or a fill changes one or two of them, and
exposure is one walk over the contracts in which the account ever had anything, whatever the number
of orders. It is put off until somebody asks (funds.py): then the position is no longer stale.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from exchange.engine.accounts import Account

if TYPE_CHECKING:
    pass

Image = tuple[int, int, int, int]


class Position:
    """What an account has in one contract: net cash, net quantity, and the hold of open orders.

    `bids_ticks` is what its open buys cost at most, `asks_ticks` the collateral of its open sells.
    `orders` is its owner's (accounts.py). `is_known` says that it is among
    those of its book, `is_stale` that it changed since the exposure was last told. `kept_in` is
    the last batch whose undo log knows what it was.
    """

    __slots__ = (
        "account",
        "asks_ticks",
        "bids_ticks",
        "cash_ticks",
        "is_known",
        "is_stale",
        "kept_in",
        "orders",
        "owner",
        "portfolio",
        "quantity",
    )

    def __init__(self, portfolio: "Portfolio") -> None:
        self.portfolio: Final = portfolio
        self.owner: Final = portfolio.owner
        self.account: Final = portfolio.account
        self.orders = portfolio.owner.orders
        self.quantity = 0
        self.cash_ticks = 0
        self.bids_ticks = 0
        self.asks_ticks = 0
        self.is_known = False
        self.is_stale = False
        self.kept_in = 0

    def add_order(self, is_buy: bool, hold_ticks: int) -> None:  # noqa: FBT001 -- the side
        """Count an open order; hold_ticks is its unit_ticks x open quantity, below 0 to uncount."""
        if is_buy:
            self.bids_ticks += hold_ticks
        else:
            self.asks_ticks += hold_ticks

    def add_trade(self, is_buy: bool, quantity: int, cost_ticks: int) -> None:  # noqa: FBT001 -- as above
        """Count quantity contracts bought, or sold, for so much in all."""
        if is_buy:
            self.quantity += quantity
            self.cash_ticks -= cost_ticks
        else:
            self.quantity -= quantity
            self.cash_ticks += cost_ticks

    def reducible(self, is_buy: bool) -> int:  # noqa: FBT001 -- the side
        """Return how many contracts a trade on this side could take off what is held."""
        return max(0, -self.quantity if is_buy else self.quantity)

    def image(self) -> Image:
        """Return all numbers, for `restore`."""
        return self.quantity, self.cash_ticks, self.bids_ticks, self.asks_ticks

    def restore(self, image: Image) -> None:
        """Set all numbers to those of an image."""
        self.quantity, self.cash_ticks, self.bids_ticks, self.asks_ticks = image


class Portfolio:
    """An account's positions in one market, by the contract's index.

    `exposure_ticks` is exact unless it `is_stale`. `outcomes` counts the one without a book too.
    """

    __slots__ = (
        "account",
        "exposure_ticks",
        "is_stale",
        "kept_in",
        "market",
        "outcomes",
        "owner",
        "payout_ticks",
        "positions",
    )

    def __init__(self, owner: Account, market: int, outcomes: int, payout_ticks: int) -> None:
        self.owner: Final = owner
        self.account: Final = owner.account
        self.market: Final = market
        self.outcomes: Final = outcomes
        self.payout_ticks: Final = payout_ticks
        self.positions: Final[dict[int, Position]] = {}
        self.exposure_ticks = 0
        self.is_stale = False
        self.kept_in = 0

    def worst_loss_ticks(self) -> int:
        """Return the exposure as the numbers now stand. Linear in the positions."""
        return worst_loss_ticks(self.positions.values(), self.outcomes, self.payout_ticks)

    def worths(self) -> list[int]:
        """Return W by outcome, the one without a book last. Linear in the outcomes."""
        base_ticks, worths = 0, [0] * self.outcomes
        for outcome, position in self.positions.items():
            base_ticks += position.cash_ticks - position.bids_ticks
            held_ticks = position.bids_ticks - position.asks_ticks
            worths[outcome] = position.quantity * self.payout_ticks + held_ticks
        return [base_ticks + worth for worth in worths]

    def cash_ticks(self) -> int:
        """Return the net cash from trades in all contracts."""
        return sum(position.cash_ticks for position in self.positions.values())

    def quantities(self, contracts: int) -> list[int]:
        """Return the net quantities of so many contracts, in their order."""
        found = [0] * contracts
        for outcome, position in self.positions.items():
            found[outcome] = position.quantity
        return found


def worst_loss_ticks(positions: Iterable[Position], outcomes: int, payout_ticks: int) -> int:
    """Return what is lost in the worst of so many outcomes; those without a position add nothing.

    Linear in the positions. Written out: it is asked for each account of each batch.
    """
    base_ticks = count = 0
    worst_ticks: int | None = None
    for position in positions:
        bids_ticks = position.bids_ticks
        base_ticks += position.cash_ticks - bids_ticks
        if_wins_ticks = position.quantity * payout_ticks + bids_ticks - position.asks_ticks
        if worst_ticks is None or if_wins_ticks < worst_ticks:
            worst_ticks = if_wins_ticks
        count += 1
    if worst_ticks is None or (count < outcomes and worst_ticks > 0):
        worst_ticks = 0
    loss_ticks = -base_ticks - worst_ticks
    return loss_ticks if loss_ticks > 0 else 0  # noqa: FURB136 -- twice as fast as max()
