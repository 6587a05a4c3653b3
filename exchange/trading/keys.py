"""Clients' own ids of commands: the same again is the same command, for ever."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.db import connection
from django.db.models import Q

from core.errors import Code, Problem
from exchange.trading.models import CommandKey
from exchange.trading.sending import Sending

# account, client_order_id
Key = tuple[int, str]

_COLUMNS: Final = "(account_id, client_order_id, body_hash, command_id)"
_ONCE: Final = "ON CONFLICT (account_id, client_order_id) DO NOTHING"
_BIND: Final = f"INSERT INTO trading_commandkey {_COLUMNS} VALUES (%s, %s, %s, %s) {_ONCE}"  # noqa: S608 -- constants


def claim_all(sendings: Sequence[Sending]) -> list[int | Problem]:
    """Bind clients' ids to commands; return for each the command that its id stands for.

    That is its own where the id is new or where there is none, and the earlier one where the same
    was sent before. A Problem CLIENT_ORDER_ID_REUSED stands for one whose id was bound to another
    body. Requires the transaction that inserts the commands. Two processes racing with one id
    wait for each other here: the second sees what the first committed.
    """
    firsts: dict[Key, Sending] = {}
    for sending in sendings:
        if sending.client_order_id:
            firsts.setdefault(_key(sending), sending)
    bound = _bind(firsts) if firsts else {}
    return [
        _command_of(sending, *bound[_key(sending)])
        if sending.client_order_id
        else sending.command_id
        for sending in sendings
    ]


def claim(*, account_id: int, client_order_id: str, body_hash: str, command_id: int) -> int | None:
    """Bind one client's id to a command; return the id of the command it was bound to before.

    None: it is new. Raises Problem CLIENT_ORDER_ID_REUSED. See `claim_all`.
    """
    sending = Sending(
        command_id, 0, "", "", account_id, None, client_order_id, body_hash, received_at_ms=0
    )
    [found] = claim_all([sending])
    if isinstance(found, Problem):
        raise found
    return None if found == command_id else found


def find_commands(account_id: int, names: Collection[str]) -> dict[str, int]:
    """Return the commands that an account's own names stand for; those never used are left out."""
    keys = CommandKey.objects.filter(account_id=account_id, client_order_id__in=names)
    return dict(keys.values_list("client_order_id", "command_id"))


def _key(sending: Sending) -> Key:
    assert sending.account_id is not None, "a client's id belongs to an account"
    return sending.account_id, sending.client_order_id


def _command_of(sending: Sending, body_hash: str, command_id: int) -> int | Problem:
    if sending.body_hash != body_hash:
        return Problem(Code.CLIENT_ORDER_ID_REUSED, order=str(command_id))
    return command_id


def _bind(firsts: Mapping[Key, Sending]) -> Mapping[Key, tuple[str, int]]:
    """Insert what is new; return the body and the command that each key is bound to."""
    # In one order everywhere: processes never wait for each other in a circle.
    keys = sorted(firsts)
    new = {key: (firsts[key].body_hash, firsts[key].command_id) for key in keys}
    rows = [(*key, *new[key]) for key in keys]
    with connection.cursor() as cursor:
        cursor.executemany(_BIND, rows)
        if cursor.rowcount == len(rows):
            return new
    return _read(keys)


def commands_of(sendings: Sequence[Sending], new: Collection[int]) -> list[int | Problem]:
    """Return the same as `claim_all`, once the commands that are new are in the inbox."""
    others = [one for one in sendings if one.command_id not in new]
    bound = _read(sorted({_key(one) for one in others})) if others else {}
    return [
        one.command_id if one.command_id in new else _command_of(one, *bound[_key(one)])
        for one in sendings
    ]


def _read(keys: Sequence[Key]) -> Mapping[Key, tuple[str, int]]:
    by_account: dict[int, list[str]] = {}
    for account_id, client_order_id in keys:
        by_account.setdefault(account_id, []).append(client_order_id)
    wanted = Q()
    for account_id, ids in by_account.items():
        wanted |= Q(account_id=account_id, client_order_id__in=ids)
    rows = CommandKey.objects.filter(wanted)
    found = rows.values_list("account_id", "client_order_id", "body_hash", "command_id")
    return {(account, name): (body_hash, command) for account, name, body_hash, command in found}
