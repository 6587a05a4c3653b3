"""The inserting task: the commands of a process go into the inbox in groups, in order of arrival.

Whoever has something to insert posts it and then takes the turn. One thread at a time has the
turn, and it inserts everything posted so far, in one transaction. So a lone command is inserted at
once, in the thread and by the connection of who sent it; and what comes in while an INSERT runs is
inserted by the next one together. A COMMIT costs the same for one command as for a thousand.

A process that dies with commands not yet inserted has acknowledged none of them.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import structlog
from django.db import IntegrityError, connection, transaction

from core.db import DATABASE_AWAY
from core.failpoints import reach
from exchange.trading import inbox, keys
from exchange.trading.answers import find_answers
from exchange.trading.models import InboxCommand
from exchange.trading.pressure import pressure
from exchange.trading.receiving import receive
from exchange.trading.sending import Sending
from exchange.trading.waiting import waiters

log = structlog.get_logger(__name__)

# The command that stands for what was sent (an earlier one: it was sent before), or why none does.
Receipt = int | Exception

_COMMANDS_AT_ONCE: Final = 2_000
# When a COMMIT failed, the database is asked after so long what became of it.
_QUESTIONS_S: Final = (0.0, 0.2, 1.0)


@dataclass(slots=True, eq=False)
class Posting:
    """Commands of one sender, posted together; a receipt for each once they are inserted."""

    sendings: Sequence[Sending]
    receipts: "Future[list[Receipt]]" = field(default_factory=Future)


class Inserter:
    """Inserts commands for all threads and sockets of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._posted: deque[Posting] = deque()

    def post(self, sendings: Sequence[Sending]) -> Posting:
        """Line commands up behind those posted before; never blocks. Somebody must `flush`."""
        posting = Posting(sendings)
        with self._lock:
            self._posted.append(posting)
        return posting

    def insert(self, sendings: Sequence[Sending]) -> list[Receipt]:
        """Insert commands, and with them what others have posted; return their receipts.

        Raises what the database raised when it could not be asked: then none is received.
        """
        posting = self.post(sendings)
        while not posting.receipts.done():
            self.flush()
        return posting.receipts.result()

    def flush(self) -> None:
        """Insert what is posted, when it is this thread's turn. Never raises an Exception."""
        with self._turn:
            postings = self._take()
            shards = _insert(postings) if postings else set()
        inbox.nudge(shards)
        if shards:
            pressure.look()

    def has_posted(self) -> bool:
        """Whether something waits to be inserted."""
        return bool(self._posted)

    def _take(self) -> list[Posting]:
        taken, commands = [], 0
        with self._lock:
            while self._posted and commands < _COMMANDS_AT_ONCE:
                posting = self._posted.popleft()
                commands += len(posting.sendings)
                taken.append(posting)
        return taken


inserter = Inserter()


def _insert(postings: Sequence[Posting]) -> set[int]:
    """Insert postings and hand out their receipts; return the shards that got something."""
    sendings = [sending for posting in postings for sending in posting.sendings]
    try:
        receipts = _receive(sendings)
    except BaseException as error:
        for posting in postings:
            posting.receipts.set_exception(error)
        if not isinstance(error, Exception):
            raise
        return set()
    given = iter(receipts)
    for posting in postings:
        posting.receipts.set_result([next(given) for _ in posting.sendings])
    return {
        sending.shard
        for sending, receipt in zip(sendings, receipts, strict=True)
        if receipt == sending.command_id
    }


def _receive(sendings: Sequence[Sending]) -> list[Receipt]:
    """Commit commands to the inbox. One that cannot be written is found by halving, and refused.

    Raises what the database raised when it is away.
    """
    try:
        return _transact(sendings)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        if len(sendings) == 1:
            log.warning("command_not_received", exc_info=error)
            return [error]
        middle = len(sendings) // 2
        return [*_receive(sendings[:middle]), *_receive(sendings[middle:])]


def _transact(sendings: Sequence[Sending]) -> list[Receipt]:
    try:
        new = receive(sendings, reply_to=waiters.channel)
        reach("gateway.committed")
    except DATABASE_AWAY as error:
        if connection.in_atomic_block:
            raise
        new = _settle(sendings, error)
    return [*keys.commands_of(sendings, new)]


def _settle(sendings: Sequence[Sending], error: Exception) -> set[int]:
    """Find out what became of commands whose COMMIT failed: all are there, or none.

    Where none is they are sent once more. Raises the error where the database stays away.
    """
    log.warning("commit_failed", error=repr(error))
    for pause_s in _QUESTIONS_S:
        time.sleep(pause_s)
        connection.close()
        try:
            known = _known([sending.command_id for sending in sendings])
            return known or _receive_again(sendings)
        except DATABASE_AWAY:
            continue
    raise error


def _receive_again(sendings: Sequence[Sending]) -> set[int]:
    """Send commands once more whose first COMMIT may still be on its way.

    The INSERT waits until that has ended. If it succeeded, the commands are there and the INSERT
    is refused; or they are judged by now, which is looked for before this COMMIT.
    """
    ids = [sending.command_id for sending in sendings]
    try:
        with transaction.atomic():
            new = receive(sendings, reply_to=waiters.channel)
            is_judged = bool(find_answers(ids))
            transaction.set_rollback(is_judged)
    except IntegrityError:
        return _known(ids)
    return _known(ids) if is_judged else new


def _known(command_ids: Sequence[int]) -> set[int]:
    # The inbox first: a command moves from there to its answer in one commit.
    waiting = InboxCommand.objects.filter(pk__in=command_ids).values_list("pk", flat=True)
    return {*waiting} | {answer.command_id for answer in find_answers(command_ids)}
