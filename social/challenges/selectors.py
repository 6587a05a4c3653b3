"""Reads of challenges, each for one viewer."""

from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.timezone import now

from accounts.access import may_see_challenge
from accounts.models import User
from accounts.visibility import Kind, Viewer, id_of, seen_by
from social.challenges.models import Challenge, ChallengeStatus


class Box(StrEnum):
    """Which of a member's challenges are listed."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    DECIDED = "decided"


_WAITING: Final = (ChallengeStatus.OPEN, ChallengeStatus.ACCEPTING)


def list_challenges(member: User, box: Box) -> QuerySet[Challenge]:
    """Return a member's challenges, newest first: those that wait for somebody, or the others."""
    waits = Q(status__in=_WAITING, deadline_at__gt=now()) | Q(status=ChallengeStatus.ACCEPTING)
    rows = _with_names().order_by("-id")
    if box == Box.INCOMING:
        return rows.filter(waits, opponent=member)
    if box == Box.OUTGOING:
        return rows.filter(waits, challenger=member)
    return rows.filter(~waits, Q(challenger=member) | Q(opponent=member))


def get_challenge(token: str, *, viewer: Viewer) -> Challenge | None:
    """Return a challenge that the viewer may see; None for any other, or where there is none."""
    challenge = _with_names().filter(token=token).first()
    if challenge is None or not may_see_challenge(id_of(viewer), challenge):
        return None
    return challenge


def list_accepted(member: User, *, viewer: Viewer) -> QuerySet[Challenge]:
    """Return a member's accepted challenges that both sides let the viewer see, newest first."""
    own = Q(challenger=member) | Q(opponent=member)
    rows = _with_names().filter(own, status=ChallengeStatus.ACCEPTED)
    both = seen_by(viewer, Kind.TRADES, "challenger") & seen_by(viewer, Kind.TRADES, "opponent")
    if viewer is not None and viewer.is_authenticated:
        both |= Q(challenger=viewer) | Q(opponent=viewer)
    return rows.filter(both).order_by("-id")


def count_incoming(member: User) -> int:
    """Return how many challenges wait for a member's answer."""
    return list_challenges(member, Box.INCOMING).filter(status=ChallengeStatus.OPEN).count()


def _with_names() -> QuerySet[Challenge]:
    return Challenge.objects.select_related(
        "challenger", "opponent", "market__event", "market__winner", "contract__market"
    ).prefetch_related("market__contracts")
