"""A command on its way into the inbox, with everything that is written down of it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from core.clock import now_ms

# The ids that a request is given anew whenever it is sent.
_NUMBERED: Final = {"PlaceOrder": "order", "ReplaceOrder": "new_order"}
_encode = msgspec.json.Encoder().encode


class Sending(NamedTuple):
    """One command, not yet received; `body_hash` knows it again where it has an id of its own.

    An order with a `session_id` ends with that session; `on_disconnect` is its own wish.
    """

    command_id: int
    shard: int
    kind: str
    payload: str
    account_id: int | None
    user_id: int | None
    client_order_id: str
    body_hash: str
    received_at_ms: int
    session_id: int | None = None
    on_disconnect: bool = False


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
        received_at_ms=now_ms(),
    )


def body_hash(command: Mapping[str, Any]) -> str:
    """Return the hash by which the same request is known again, whatever id it was given."""
    given = _NUMBERED.get(command["type"])
    body = {name: value for name, value in command.items() if name != given}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
