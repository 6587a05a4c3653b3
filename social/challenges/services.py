"""Offering challenges, declining and withdrawing them, and their expiry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now

from accounts.access import is_own, may_decline_challenge
from accounts.models import User
from core.errors import Code, Problem
from core.slices import slices
from exchange.markets.models import Contract, Market, MarketStatus
from exchange.trading.door import check_order
from social.activities.models import Verb
from social.challenges.models import Challenge, ChallengeStatus
from social.challenges.states import move
from social.challenges.telling import News, record, take_back, tell, tell_all

DEADLINE_DAYS_MAX: Final = 30
OPEN_CHALLENGES_MAX: Final = 50
# Of any outcome: each tells its opponent, and withdrawing one does so again.
DAILY_CHALLENGES_MAX: Final = 50
_REFUSED_IN: Final = {
    MarketStatus.HALTED: Code.MARKET_HALTED,
    MarketStatus.CLOSED: Code.MARKET_CLOSED,
    MarketStatus.SETTLED: Code.MARKET_SETTLED,
    MarketStatus.VOIDED: Code.MARKET_VOIDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a challenger offers; `opponent` None offers it to whoever has the link."""

    contract: Contract
    side: str
    price_ticks: int
    quantity: int
    deadline_at: datetime
    opponent: User | None = None
    message: str = ""


@transaction.atomic
def offer_challenge(*, challenger: User, offer: Offer) -> Challenge:
    """Offer a side of a contract. Nothing is held: both sides pay when it is accepted.

    Opens a transaction. Raises Problem: OWN_CHALLENGE, INVALID_DEADLINE, TOO_MANY_CHALLENGES,
    the market's state, and those of an order's price and quantity.
    """
    market = offer.contract.market
    _check_offer(challenger, offer, market)
    # The count is held still: of many offers at once, none goes beyond the limit.
    User.objects.select_for_update(no_key=True).get(pk=challenger.pk)
    _check_count(challenger)
    _check_pace(challenger)
    challenge = Challenge.objects.create(
        challenger=challenger,
        opponent=offer.opponent,
        is_by_link=offer.opponent is None,
        market=market,
        contract=offer.contract,
        side=offer.side,
        price_ticks=offer.price_ticks,
        quantity=offer.quantity,
        message=offer.message.strip(),
        deadline_at=offer.deadline_at,
    )
    if offer.opponent is not None:
        record(challenge, Verb.CHALLENGED)
        tell(challenge, "offered", user_id=offer.opponent.pk, actor_id=challenger.pk)
    return challenge


@transaction.atomic
def decline_challenge(*, challenge: Challenge, user: User) -> None:
    """Turn down a challenge that was offered to this member. Opens a transaction.

    Raises Problem: PERMISSION_DENIED (it was not), CHALLENGE_NOT_OPEN, CHALLENGE_EXPIRED.
    """
    if not may_decline_challenge(user.pk, challenge):
        raise Problem(Code.PERMISSION_DENIED, "It was not offered to you by name.")
    _end(challenge, ChallengeStatus.DECLINED)
    tell(challenge, "declined", user_id=challenge.challenger_id, actor_id=user.pk)


@transaction.atomic
def withdraw_challenge(*, challenge: Challenge, user: User) -> None:
    """Take a challenge of one's own back. Opens a transaction.

    Raises Problem: PERMISSION_DENIED (not one's own), CHALLENGE_NOT_OPEN, CHALLENGE_EXPIRED.
    """
    if not is_own(user.pk, challenge.challenger_id):
        raise Problem(Code.PERMISSION_DENIED, "Only who made a challenge withdraws it.")
    _end(challenge, ChallengeStatus.WITHDRAWN)
    take_back(challenge, Verb.CHALLENGED)
    tell(challenge, "withdrawn", user_id=challenge.opponent_id, actor_id=user.pk)


def expire_challenges() -> int:
    """Write down which open challenges are past their deadlines; return how many.

    Runs transactions of its own. Nobody depends on it: a late one is refused as late anyway.
    """
    late = Challenge.objects.filter(status=ChallengeStatus.OPEN, deadline_at__lte=now())
    ids = list(late.values_list("pk", flat=True))
    return sum(_expire_all(some) for some in slices(ids))


def expire_in_markets(market_ids: list[int]) -> int:
    """Expire what is open in markets that trade no more. Requires a transaction."""
    return _expire(Challenge.objects.filter(status=ChallengeStatus.OPEN, market__in=market_ids))


def expire(challenge: Challenge, was: ChallengeStatus = ChallengeStatus.OPEN) -> bool:
    """Expire a challenge that still is what it was, and tell its maker. Requires a transaction."""
    if not _move_to_expired(challenge, was):
        return False
    tell(challenge, "expired", user_id=challenge.challenger_id, actor_id=None)
    return True


@transaction.atomic
def _expire_all(ids: Sequence[int]) -> int:
    return _expire(Challenge.objects.filter(pk__in=ids))


def _expire(rows: QuerySet[Challenge]) -> int:
    """Expire those that are still open, and tell all their makers at once."""
    ended = [
        challenge
        for challenge in rows.select_related("market", "challenger", "opponent")
        if _move_to_expired(challenge, ChallengeStatus.OPEN)
    ]
    tell_all(News(one, "expired", one.challenger_id, None) for one in ended)
    return len(ended)


def _move_to_expired(challenge: Challenge, was: ChallengeStatus) -> bool:
    return move(challenge.pk, was, ChallengeStatus.EXPIRED, decided_at=now())


def check_open(challenge: Challenge) -> None:
    """Raise Problem CHALLENGE_NOT_OPEN or CHALLENGE_EXPIRED unless it can still be answered."""
    status = challenge.shown_status
    if status == ChallengeStatus.EXPIRED:
        raise Problem(Code.CHALLENGE_EXPIRED)
    if status != ChallengeStatus.OPEN:
        raise not_open(status)


def not_open(status: ChallengeStatus) -> Problem:
    """Return the refusal of what is not open, saying what it is instead."""
    label = str(status.label).lower()
    return Problem(Code.CHALLENGE_NOT_OPEN, f"It is {label}.", challenge_status=status.value)


def _end(challenge: Challenge, becomes: ChallengeStatus) -> None:
    check_open(challenge)
    if not move(challenge.pk, ChallengeStatus.OPEN, becomes, decided_at=now()):
        # Somebody was faster between the look and the move.
        challenge.refresh_from_db()
        raise not_open(challenge.shown_status)
    challenge.refresh_from_db()


def _check_offer(challenger: User, offer: Offer, market: Market) -> None:
    if offer.opponent is not None and offer.opponent.pk == challenger.pk:
        raise Problem(Code.OWN_CHALLENGE)
    if offer.opponent is not None and not offer.opponent.is_active:
        raise Problem(Code.NOT_FOUND, "There is no such member.")
    check_order(market, price_ticks=offer.price_ticks, quantity=offer.quantity)
    refused = _REFUSED_IN.get(MarketStatus(market.status))
    if refused is not None:
        raise Problem(refused)
    latest = now() + timedelta(days=DEADLINE_DAYS_MAX)
    if not now() < offer.deadline_at <= latest:
        raise Problem(Code.INVALID_DEADLINE)
    if market.closes_at is not None and offer.deadline_at > market.closes_at:
        raise Problem(
            Code.INVALID_DEADLINE,
            "The market closes before that.",
            closes_at=market.closes_at.isoformat(),
        )


def _check_count(challenger: User) -> None:
    open_now = Challenge.objects.filter(
        challenger=challenger, status=ChallengeStatus.OPEN, deadline_at__gt=now()
    )
    if open_now.count() >= OPEN_CHALLENGES_MAX:
        raise Problem(Code.TOO_MANY_CHALLENGES, limit=OPEN_CHALLENGES_MAX)


def _check_pace(challenger: User) -> None:
    """Refuse who has made many within a day, whatever became of them."""
    made = Challenge.objects.filter(challenger=challenger).order_by("-pk")
    last = list(made.values_list("created_at", flat=True)[:DAILY_CHALLENGES_MAX])
    if len(last) < DAILY_CHALLENGES_MAX:
        return
    wait = last[-1] + timedelta(days=1) - now()
    if wait > timedelta(0):
        raise Problem(
            Code.TOO_MANY_CHALLENGES,
            f"You have made {DAILY_CHALLENGES_MAX} within a day. Wait until the first is older.",
            retry_after_s=ceil(wait.total_seconds()),
            limit=DAILY_CHALLENGES_MAX,
        )
