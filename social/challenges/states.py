"""The life of a challenge as a table: which status may follow which, and how one follows."""

from collections.abc import Mapping
from typing import Any, Final

from social.challenges.models import Challenge, ChallengeStatus

_S = ChallengeStatus
TRANSITIONS: Final[Mapping[ChallengeStatus, frozenset[ChallengeStatus]]] = {
    _S.OPEN: frozenset({_S.ACCEPTING, _S.DECLINED, _S.WITHDRAWN, _S.EXPIRED}),
    # The book refuses an acceptance for want of money: somebody may try again.
    _S.ACCEPTING: frozenset({_S.ACCEPTED, _S.OPEN, _S.EXPIRED}),
    _S.ACCEPTED: frozenset(),
    _S.DECLINED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.EXPIRED: frozenset(),
}


def move(challenge_id: int, was: ChallengeStatus, becomes: ChallengeStatus, **changes: Any) -> bool:
    """Move a challenge from one status to another; False where it is no longer in the first.

    Of two that move the same challenge at once, one finds it moved already.
    """
    assert becomes in TRANSITIONS[was], f"a challenge that is {was} never becomes {becomes}"
    rows = Challenge.objects.filter(pk=challenge_id, status=was)
    return bool(rows.update(status=becomes, **changes))
