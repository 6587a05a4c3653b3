"""Accepting a challenge: a cross through the inbox, judged by the money both sides have then.

open -> accepting, and the command is in the inbox      one transaction (gateway.cross_accounts)
the book answers                                        the web process waits
accepting -> accepted, open again, or expired           `finish`, by the web process and by the
                                                        journal's subscriber: whoever is first
"""

from typing import Final

from django.db import transaction
from django.utils.timezone import now

from accounts.access import is_own, may_accept_challenge
from accounts.models import User
from core.errors import MEANINGS, Code, Problem
from exchange.engine.enums import RejectReason
from exchange.ledger.models import Account
from exchange.ledger.selectors import get_trading_account
from exchange.trading.gateway import cross_accounts
from exchange.trading.models import Side
from exchange.trading.preview import preview_cross
from exchange.trading.reasons import code_of
from exchange.trading.requests import CrossRequest, OrderRequest
from exchange.trading.times import to_ms
from social.activities.models import Verb
from social.challenges.models import Challenge, ChallengeStatus
from social.challenges.services import check_open, expire, not_open
from social.challenges.states import move
from social.challenges.telling import record, tell

_CONFLICT: Final = 409
_OVER: Final = frozenset(
    {
        RejectReason.TOO_LATE,
        RejectReason.MARKET_CLOSED,
        RejectReason.MARKET_SETTLED,
        RejectReason.MARKET_VOIDED,
    }
)


def accept_challenge(*, challenge: Challenge, user: User) -> Challenge:
    """Accept a challenge; return it `accepted`, or `accepting` where the book has not answered.

    Must not be called inside a transaction. Raises Problem: OWN_CHALLENGE, PERMISSION_DENIED
    (offered to another), EMAIL_NOT_CONFIRMED, CHALLENGE_NOT_OPEN, CHALLENGE_EXPIRED, and what the
    book refuses, INSUFFICIENT_FUNDS with `party` first of all.
    """
    _check_acceptor(challenge, user)
    check_open(challenge)
    cross = _cross(challenge, user)
    answer = cross_accounts(
        cross=cross, user=user, claim=lambda command_id: _claim(challenge, user, command_id)
    )
    if not answer.pending:
        finish(command_id=answer.command_id, reason=answer.reason)
    challenge.refresh_from_db()
    if answer.reason:
        raise _refusal(cross, answer.reason, user)
    return challenge


@transaction.atomic
def finish(*, command_id: int, reason: str) -> None:
    """Write down what the book said to an acceptance; once, whoever hears it. Opens a transaction.

    `reason` is "" where the trade was made.
    """
    challenge = Challenge.objects.filter(
        command_id=command_id, status=ChallengeStatus.ACCEPTING
    ).first()
    if challenge is None:
        return
    if reason in _OVER:
        expire(challenge, ChallengeStatus.ACCEPTING)
    elif reason:
        nobody = {"opponent": None} if challenge.is_by_link else {}
        accepting, is_open = ChallengeStatus.ACCEPTING, ChallengeStatus.OPEN
        move(challenge.pk, accepting, is_open, command_id=None, **nobody)
    elif move(challenge.pk, ChallengeStatus.ACCEPTING, ChallengeStatus.ACCEPTED, decided_at=now()):
        record(challenge, Verb.ACCEPTED)
        tell(
            challenge,
            "accepted",
            user_id=challenge.challenger_id,
            actor_id=challenge.opponent_id,
        )


def _check_acceptor(challenge: Challenge, user: User) -> None:
    if is_own(user.pk, challenge.challenger_id):
        raise Problem(Code.OWN_CHALLENGE)
    if not may_accept_challenge(user.pk, challenge):
        raise Problem(Code.PERMISSION_DENIED, "It was offered to another member.")


def _claim(challenge: Challenge, user: User, command_id: int) -> None:
    """Take the challenge for this acceptance. Requires the transaction that sends the command."""
    claimed = move(
        challenge.pk,
        ChallengeStatus.OPEN,
        ChallengeStatus.ACCEPTING,
        opponent=user,
        command_id=command_id,
    )
    if not claimed:
        challenge.refresh_from_db()
        raise not_open(challenge.shown_status)


def _cross(challenge: Challenge, user: User) -> CrossRequest:
    accepting = get_trading_account(user)
    if accepting is None:
        raise Problem(Code.EMAIL_NOT_CONFIRMED)
    offering = get_trading_account(challenge.challenger)
    assert offering is not None, "who offers a challenge has an account"
    is_buyer = challenge.side == Side.BUY
    return CrossRequest(
        contract=challenge.contract,
        buyer=offering if is_buyer else accepting,
        seller=accepting if is_buyer else offering,
        price_ticks=challenge.price_ticks,
        quantity=challenge.quantity,
        valid_until_ms=to_ms(challenge.deadline_at),
    )


def _refusal(cross: CrossRequest, reason: str, user: User) -> Problem:
    code = code_of(reason)
    if code == Code.TOO_LATE:
        return Problem(Code.CHALLENGE_EXPIRED)
    if code != Code.INSUFFICIENT_FUNDS:
        return Problem(code, MEANINGS[code].title + ".", status=_CONFLICT)
    own, other = (cross.buyer, cross.seller)
    if not is_own(user.pk, own.owner_id):
        own, other = other, own
    side = Side.BUY if own is cross.buyer else Side.SELL
    if _can_pay(own, side, cross):
        return Problem(code, "The challenger does not have enough available now.", party="other")
    return Problem(code, "You do not have enough available for it.", party="you")


def _can_pay(account: Account, side: Side, cross: CrossRequest) -> bool:
    # By the figures as they are now: the book keeps its answer, not the sums behind it.
    account.refresh_from_db()
    order = OrderRequest(
        contract=cross.contract, side=side, price_ticks=cross.price_ticks, quantity=cross.quantity
    )
    return preview_cross(account=account, order=order).affordable
