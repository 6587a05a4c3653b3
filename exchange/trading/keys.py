"""Clients' own ids of commands: the same again is the same command, for ever."""

from django.db import connection

from core.errors import Code, Problem
from exchange.trading.models import CommandKey

_CLAIM = """
INSERT INTO trading_commandkey (account_id, client_order_id, body_hash, command_id)
VALUES (%s, %s, %s, %s) ON CONFLICT (account_id, client_order_id) DO NOTHING
"""


def claim(*, account_id: int, client_order_id: str, body_hash: str, command_id: int) -> int | None:
    """Bind a client's id to a command; return the id of the command it was bound to before.

    Requires the transaction that inserts the command. None: it is new. Raises Problem
    CLIENT_ORDER_ID_REUSED when it was bound to another body. Two requests racing with one id
    wait for each other here: the second sees what the first committed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [account_id, client_order_id, body_hash, command_id])
        if cursor.rowcount == 1:
            return None
    key = CommandKey.objects.get(account_id=account_id, client_order_id=client_order_id)
    if key.body_hash != body_hash:
        raise Problem(Code.CLIENT_ORDER_ID_REUSED, order=str(key.command_id))
    return key.command_id
