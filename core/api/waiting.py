"""Read-your-writes: wait until what is read has reached a seq that the client knows of."""

import re
import threading
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from core.db import lend_connection
from core.errors import Code, Problem

SEQ_MAX: Final = 10**18 - 1
_SEQ = re.compile(r"\d{1,18}", re.ASCII)
_PAUSES_S: Final = (0.01, 0.02, 0.05, 0.1, 0.2)
_waiting = threading.BoundedSemaphore(settings.REPLY_WAITERS_MAX)


def wait_for_seq(request: Request, parameter: str, read_seq: Callable[[], int | None]) -> None:
    """Return once `read_seq` gives at least ?parameter=; at once when it is not given, or for None.

    Raises ValidationError, and Problem UNAVAILABLE when it is not reached in REPLY_TIMEOUT_S
    or too many wait here. The thread's database connection is given back between looks.
    """
    text = request.query_params.get(parameter)
    if text is None:
        return
    if not _SEQ.fullmatch(text):
        raise ValidationError({parameter: "A whole number."})
    seq = read_seq()
    if seq is not None and seq < int(text):
        _wait(parameter, int(text), read_seq)


def _wait(parameter: str, wanted: int, read_seq: Callable[[], int | None]) -> None:
    if not _waiting.acquire(blocking=False):
        raise Problem(Code.UNAVAILABLE, "Too many requests wait here.", retry_after_s=1)
    try:
        deadline = time.monotonic() + settings.REPLY_TIMEOUT_S
        pauses = list(_PAUSES_S)
        while time.monotonic() < deadline:
            lend_connection()
            time.sleep(pauses.pop(0) if len(pauses) > 1 else pauses[0])
            if (read_seq() or 0) >= wanted:
                return
    finally:
        _waiting.release()
    raise Problem(Code.UNAVAILABLE, f"{parameter}={wanted} is not reached yet.", retry_after_s=1)
