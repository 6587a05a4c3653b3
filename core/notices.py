"""Telling members what concerns them, from any layer: a notice is given where the thing happens.

`notifications`, which stands above, listens, and decides by each member's wishes between bell,
mail and nothing. It writes in the giver's transaction: no notice is lost, or given for nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.dispatch import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell one member.

    `key` names the thing: a member is told of it once, however often it is given. `kind` begins
    with what it concerns: "challenge_accepted", "mentioned", "badge". `url` is where it is shown.
    `data` holds what the words are made of, as JSON has it, money in ticks. Its "text" is the
    sentence that is shown, plain text, without a full stop; "about" what it is about (a market's
    title), "excerpt" a few words that somebody wrote. Without a text the kind's own words are
    shown, with the actor's handle.
    """

    user_id: int
    kind: str
    key: str
    url: str
    actor_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


noticed: Final = Signal()
"""Sent with `notices`, a sequence of Notice, inside the transaction of whoever gives them."""


def give_notices(notices: Sequence[Notice]) -> None:
    """Tell members something. Call inside the transaction in which it happens."""
    if notices:
        noticed.send(sender=None, notices=notices)


withdrawn: Final = Signal()
"""Sent with `keys`, those of Notice, inside the transaction of whoever withdraws them."""


def withdraw_notices(*, keys: Collection[str]) -> None:
    """Take back what members were told of these things; what was not mailed yet is not mailed.

    For what is no more, or must not be read. Call inside the transaction in which it ends.
    """
    if keys:
        withdrawn.send(sender=None, keys=keys)
