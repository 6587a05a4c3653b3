"""A challenge as one of its two sides sees it: who stakes what, on which outcome."""

from dataclasses import dataclass

from accounts.access import is_own, is_side_of
from accounts.models import User
from core.money import PAYOUT_TICKS
from exchange.ledger.models import Account
from exchange.markets.outcomes import name_other_outcome, price_traded
from exchange.trading.expected_fills import unit_ticks
from exchange.trading.models import Side
from exchange.trading.preview import CrossPreview, preview_cross
from exchange.trading.requests import OrderRequest
from exchange.web.outcomes import name_action
from social.challenges.models import Challenge, ChallengeStatus
from social.challenges.results import gain_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """One side of a challenge: what it does, what it puts in, and when it gets all of it."""

    member: User | None
    action: str
    price_ticks: int
    stake_ticks: int
    payout_ticks: int
    wins_if: str
    gain_ticks: int | None

    @property
    def profit_ticks(self) -> int:
        """What it gains where it wins."""
        return self.payout_ticks - self.stake_ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeView:
    """A challenge with both its sides; `is_mine` says that the viewer made it."""

    challenge: Challenge
    challenger: Stake
    opponent: Stake
    is_mine: bool
    gain_ticks: int | None

    @property
    def status(self) -> ChallengeStatus:
        """Its status as of now."""
        return self.challenge.shown_status

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.status == ChallengeStatus.OPEN

    @property
    def status_text(self) -> str:
        """Its status in a word, with the result of one that is decided."""
        if self.gain_ticks is None or self.gain_ticks == 0:
            return str(self.status.label).capitalize()
        return "Won" if self.gain_ticks > 0 else "Lost"

    @property
    def badge(self) -> str:
        """Which badge of the stylesheet its status wears."""
        if self.gain_ticks:
            return "good" if self.gain_ticks > 0 else "bad"
        waits = {ChallengeStatus.OPEN: "open", ChallengeStatus.ACCEPTING: "warn"}
        return waits.get(self.status, "settled" if self.status == "accepted" else "closed")


def view_challenge(challenge: Challenge, *, viewer_id: int | None) -> ChallengeView:
    """Return a challenge as a viewer sees it. Pure: its names must have been read with it."""
    is_member = is_side_of(viewer_id, challenge)
    gain = gain_of(challenge, viewer_id) if viewer_id is not None and is_member else None
    return ChallengeView(
        challenge=challenge,
        challenger=_stake(challenge, challenge.challenger, challenge.side),
        opponent=_stake(challenge, challenge.opponent, challenge.opponent_side),
        is_mine=is_own(viewer_id, challenge.challenger_id),
        gain_ticks=gain,
    )


def preview_side(challenge: Challenge, account: Account, side: str) -> CrossPreview:
    """Say what taking a side would hold of an account's money as it is now."""
    order = OrderRequest(
        contract=challenge.contract,
        side=side,
        price_ticks=challenge.price_ticks,
        quantity=challenge.quantity,
    )
    return preview_cross(account=account, order=order)


def _stake(challenge: Challenge, member: User | None, side: str) -> Stake:
    names = [contract.name for contract in challenge.market.contracts.all()]
    name, is_yes_no = challenge.contract.name, len(names) == 1
    gain = None if member is None else gain_of(challenge, member.pk)
    return Stake(
        member=member,
        action=name_action(name, side, is_yes_no=is_yes_no),
        price_ticks=price_traded(challenge.price_ticks, side, is_yes_no=is_yes_no),
        stake_ticks=unit_ticks(side, challenge.price_ticks) * challenge.quantity,
        payout_ticks=PAYOUT_TICKS * challenge.quantity,
        wins_if=_wins_if(name, side, is_yes_no=is_yes_no),
        gain_ticks=gain,
    )


def _wins_if(name: str, side: str, *, is_yes_no: bool) -> str:
    if side == Side.BUY:
        return f"{name} wins"
    return f"{name_other_outcome([name])} wins" if is_yes_no else f"{name} does not win"
