"""Commands that broke the engine or could not be written, and another try for some of them."""

import json
from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction

from core.ids import new_id
from exchange.trading import inbox
from exchange.trading.models import DeadLetter

# A market's step may be asked for again. An order's answer is final: its sender has acted on it.
REQUEUED: Final = (
    "OpenMarket", "HaltMarket", "ResumeMarket", "CloseMarket", "SettleMarket", "VoidMarket",
)  # fmt: skip


def requeue(letters: Iterable[DeadLetter], *, user_id: int | None) -> int:
    """Put lifecycle commands into the inbox once more, as new commands; return how many.

    Leaves out orders, cancels, what cannot be read, and what was put there again before. Each
    in a transaction of its own, none around them.
    """
    return sum(_requeue(letter, user_id) for letter in letters if letter.kind in REQUEUED)


def _requeue(letter: DeadLetter, user_id: int | None) -> bool:
    command = _command(letter)
    if command is None:
        return False
    command_id = new_id()
    row = inbox.new_row(command_id=command_id, shard=letter.shard, command=command, user_id=user_id)
    with transaction.atomic():
        # Whoever is faster puts it there; the other finds nothing to change.
        first = DeadLetter.objects.filter(pk=letter.pk, requeued_as=None)
        is_first = bool(first.update(requeued_as=command_id))
        inbox.put([row] if is_first else [])
    if is_first:
        inbox.nudge([letter.shard])
    return is_first


def _command(letter: DeadLetter) -> dict[str, Any] | None:
    try:
        command = json.loads(letter.payload)
    except ValueError:
        return None
    is_whole = isinstance(command, dict) and command.get("type") == letter.kind
    return command if is_whole else None
