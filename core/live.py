"""Live pushes from anywhere: a hint to a channel-layer group, once the transaction has committed.

A push may be lost: whoever misses it finds the truth in the database. The groups:

topic_group(name)   {"type": "topic", "topic": name, "payload": {...}}    to each hub that shows it
"""

import asyncio
import os
import threading
from collections.abc import Mapping
from typing import Any, Final

from channels.layers import get_channel_layer

from core import loop
from core.db import run_after_commit

_START_S: Final = 5.0
_lock = threading.Lock()


def topic_group(topic: str) -> str:
    """Return the group of a topic: "notifications.7" is told what concerns member 7."""
    return f"topic.{topic}"


def push(topic: str, payload: Mapping[str, Any]) -> None:
    """Tell whoever shows a topic, after the commit; at once outside of a transaction.

    `payload` is what JSON has. Never waits, never raises.
    """
    run_after_commit(_send, topic, payload)


def _send(topic: str, payload: Mapping[str, Any]) -> None:
    message = {"type": "topic", "topic": topic, "payload": payload}
    if loop.get_loop() is None:
        _start_loop()
    loop.post(lambda: get_channel_layer().group_send(topic_group(topic), message))


def _start_loop() -> None:
    """Give a process without a loop (Celery's) one of its own, for pushes alone."""
    with _lock:
        if loop.get_loop() is not None:
            return
        started = threading.Event()
        threading.Thread(target=_run_loop, args=(started,), name="pushes", daemon=True).start()
        started.wait(_START_S)


def _run_loop(started: threading.Event) -> None:
    own = asyncio.new_event_loop()
    own.call_soon(started.set)
    loop.set_loop(own)
    own.run_forever()


# A forked child has the parent's loop, but not the thread that runs it.
os.register_at_fork(after_in_child=lambda: loop.set_loop(None))
