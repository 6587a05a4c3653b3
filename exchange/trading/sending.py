"""A command on its way into the inbox, with everything that is written down of it."""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

_encode = msgspec.json.Encoder().encode


class Sending(NamedTuple):
    """One command, not yet received; `body_hash` knows it again where it has an id of its own."""

    command_id: int
    shard: int
    kind: str
    payload: str
    account_id: int | None
    user_id: int | None
    client_order_id: str
    body_hash: str
    received_at_ms: int


def make_sending(
    command: Mapping[str, Any],
    *,
    command_id: int,
    shard: int,
    account_id: int | None = None,
    user_id: int | None = None,
    client_order_id: str = "",
) -> Sending:
    """Return a command of the engine's JSON form, ready to be sent."""
    return Sending(
        command_id=command_id,
        shard=shard,
        kind=command["type"],
        payload=_encode(command).decode(),
        account_id=account_id,
        user_id=user_id,
        client_order_id=client_order_id,
        body_hash=body_hash(command) if client_order_id else "",
        received_at_ms=time.time_ns() // 1_000_000,
    )


def body_hash(command: Mapping[str, Any]) -> str:
    """Return the hash by which the same request is known again, whatever id it was given."""
    body = {name: value for name, value in command.items() if name != "order"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
