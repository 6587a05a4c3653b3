"""What an account would lose in one market in its worst outcome, open orders included.

Pure functions over plain numbers: the engine's invariants, tests and pages (previews) use them.
The engine itself keeps the same figure incrementally, see position.py.

Let C be the account's net cash from trades, q[i] its position in outcome i, B[i] the cost of its
open buys of i (sum of price x open quantity) and S[i] the collateral of its open sells of i (sum of
(payout - price) x open quantity). If outcome i wins, the worst it can end with is

    W[i] = C + q[i] x payout - (sum of B over the other outcomes) - S[i]

because it is worst for it that its buys of losers and its sells of the winner fill, and nothing
else. Exposure is max(0, -min W): a void returns everything, so locked-in profit is never lent.
"""

from collections.abc import Sequence


def outcome_worths(  # noqa: PLR0917 -- the terms of W, in the formula's order
    cash_ticks: int,
    quantities: Sequence[int],
    buy_cost_ticks: Sequence[int],
    sell_collateral_ticks: Sequence[int],
    payout_ticks: int,
    other: bool,  # noqa: FBT001 -- a term like the others
) -> list[int]:
    """Return W, in ticks: the worst end for each outcome, in the order of the market's contracts.

    `other` adds the outcome without a book (No, "none of these") as the last element. The three
    sequences have one element for each contract. Linear in the outcomes.
    """
    assert len(quantities) == len(buy_cost_ticks) == len(sell_collateral_ticks) > 0
    base_ticks = cash_ticks - sum(buy_cost_ticks)
    worths = [
        base_ticks + quantity * payout_ticks + buy_cost - sell_collateral
        for quantity, buy_cost, sell_collateral in zip(
            quantities, buy_cost_ticks, sell_collateral_ticks, strict=True
        )
    ]
    return [*worths, base_ticks] if other else worths


def exposure_ticks(  # noqa: PLR0917 -- as for outcome_worths
    cash_ticks: int,
    quantities: Sequence[int],
    buy_cost_ticks: Sequence[int],
    sell_collateral_ticks: Sequence[int],
    payout_ticks: int,
    other: bool,  # noqa: FBT001 -- a term like the others
) -> int:
    """Return the exposure in ticks, never below 0. Arguments as for `outcome_worths`."""
    worths = outcome_worths(
        cash_ticks, quantities, buy_cost_ticks, sell_collateral_ticks, payout_ticks, other
    )
    return max(0, -min(worths))
