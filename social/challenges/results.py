"""How accepted challenges ended: by the market's winner, at the price that was agreed on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, When

from accounts.models import User
from core.money import PAYOUT_TICKS
from exchange.markets.models import MarketStatus
from exchange.trading.models import Side
from social.challenges.models import Challenge, ChallengeStatus
from social.challenges.telling import News, tell_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How a member has done in challenges that have a result, all or those with one other."""

    won: int = 0
    lost: int = 0
    gain_ticks: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is no result yet."""
        return not (self.won or self.lost)


def gain_of(challenge: Challenge, user_id: int) -> int | None:
    """Return what a decided challenge brought one of its members; None before there is a result.

    A voided market has none: both get their money back.
    """
    if challenge.status != ChallengeStatus.ACCEPTED:
        return None
    if challenge.market.status != MarketStatus.SETTLED:
        return None
    is_challenger = user_id == challenge.challenger_id
    side = challenge.side if is_challenger else challenge.opponent_side
    paid = challenge.price_ticks * challenge.quantity
    payout = PAYOUT_TICKS * challenge.quantity
    worth = payout if challenge.market.winner_id == challenge.contract_id else 0
    return worth - paid if side == Side.BUY else paid - worth


def list_results(member: User) -> QuerySet[Challenge]:
    """Return a member's challenges that have a result."""
    own = Q(challenger=member) | Q(opponent=member)
    return Challenge.objects.filter(
        own, status=ChallengeStatus.ACCEPTED, market__status=MarketStatus.SETTLED
    )


def get_record(member: User, *, against: User | None = None) -> Record:
    """Return how a member has done, against all or one other. One query."""
    rows = list_results(member)
    if against is not None:
        rows = rows.filter(Q(challenger=against) | Q(opponent=against))
    gain = _gain(member)
    sums = rows.annotate(gain=gain).aggregate(
        won=Count("pk", filter=Q(gain__gt=0)),
        lost=Count("pk", filter=Q(gain__lt=0)),
        total=Sum("gain"),
    )
    return Record(won=sums["won"], lost=sums["lost"], gain_ticks=sums["total"] or 0)


def _gain(member: User) -> Case:
    """Return `gain_of` as an expression."""
    buys = Q(challenger=member, side=Side.BUY) | (~Q(challenger=member) & Q(side=Side.SELL))
    wins = Q(market__winner=F("contract"))
    paid = F("price_ticks") * F("quantity")
    payout = PAYOUT_TICKS * F("quantity")
    return Case(
        When(buys & wins, then=payout - paid),
        When(buys, then=-paid),
        When(wins, then=paid - payout),
        default=paid,
        output_field=BigIntegerField(),
    )


def tell_results(market_id: int) -> None:
    """Tell both members of each challenge in a settled market who won. Requires a transaction."""
    rows = Challenge.objects.filter(market=market_id, status=ChallengeStatus.ACCEPTED)
    rows = rows.select_related("market", "challenger", "opponent")
    tell_all(news for challenge in rows for news in _result_of(challenge))


def _result_of(challenge: Challenge) -> Iterator[News]:
    for member in (challenge.challenger_id, challenge.opponent_id):
        assert member is not None, "an accepted challenge has two members"
        other = challenge.challenger_id + (challenge.opponent_id or 0) - member
        gain_ticks = gain_of(challenge, member)
        if gain_ticks is not None:
            yield News(challenge, "won" if gain_ticks > 0 else "lost", member, other)
