"""What the writer says to a database, in a form that both databases understand.

An `Insert` is rows for a table; a `Change` is one statement for many rows. In its template stand
`{name}` for a value of the row and `{rows}` for all of them:

    PostgreSQL   one statement, the rows as arrays:  ... FROM unnest(%s::bigint[], ...) AS row(...)
    SQLite       executemany with the values in the order in which they stand in the template
"""

from typing import Final, NamedTuple


class Insert(NamedTuple):
    """Rows for a table. `free_text` are the places of what a member may have typed.

    All other texts are words of our own.
    """

    table: str
    columns: tuple[str, ...]
    free_text: tuple[int, ...] = ()


class Change(NamedTuple):
    """One statement for many rows; `columns` are name and PostgreSQL type, as in the template."""

    template: str
    columns: tuple[tuple[str, str], ...]


ORDERS: Final = Insert(
    "trading_order",
    (
        "id", "account_id", "user_id", "market_id", "contract_id", "side", "kind", "price_ticks",
        "quantity", "filled_quantity", "open_quantity", "cancelled_quantity", "expired_quantity",
        "voided_quantity", "notional_ticks", "time_in_force", "stp", "client_order_id", "terms",
        "order_group", "is_waiting", "replaces_id", "status", "reason", "accepted_seq",
        "market_seq", "account_seq", "received_at", "journaled_at", "updated_at",
    ),
    free_text=(17,),
)  # fmt: skip
TRADES: Final = Insert(
    "trading_trade",
    (
        "id", "kind", "market_id", "contract_id", "price_ticks", "quantity", "maker_order_id",
        "taker_order_id", "maker_account_id", "taker_account_id", "taker_side", "market_seq",
        "executed_at",
    ),
)  # fmt: skip
TRANSFERS: Final = Insert(
    "ledger_transfer",
    ("debit_id", "credit_id", "amount_ticks", "kind", "reference", "created_at"),
)
OUTCOMES: Final = Insert(
    "trading_outcome",
    ("command_id", "kind", "reason", "market_seq", "account_seq", "decided_at", "cancelled"),
)
DEAD_LETTERS: Final = Insert(
    "trading_deadletter",
    ("command_id", "shard", "kind", "payload", "error", "created_at"),
    free_text=(3, 4),
)
CHANGE_ORDERS: Final = Change(
    """
UPDATE trading_order SET filled_quantity = filled_quantity + {filled}, open_quantity = {opened},
    cancelled_quantity = cancelled_quantity + {cancelled},
    notional_ticks = notional_ticks + {notional},
    status = COALESCE({new_status}, status), reason = COALESCE({new_reason}, reason),
    market_seq = {seq}, account_seq = {of_account}, updated_at = {moment}
{rows} WHERE id = {key}
""",
    (
        ("filled", "bigint"),
        ("opened", "bigint"),
        ("cancelled", "bigint"),
        ("notional", "bigint"),
        ("new_status", "varchar"),
        ("new_reason", "varchar"),
        ("seq", "bigint"),
        ("of_account", "bigint"),
        ("moment", "timestamptz"),
        ("key", "bigint"),
    ),
)
# The same for orders that expired or were triggered, perhaps both: a stop that is due may be.
END_WAITS: Final = Change(
    """
UPDATE trading_order SET filled_quantity = filled_quantity + {filled}, open_quantity = {opened},
    cancelled_quantity = cancelled_quantity + {cancelled},
    notional_ticks = notional_ticks + {notional},
    status = COALESCE({new_status}, status), reason = COALESCE({new_reason}, reason),
    market_seq = {seq}, account_seq = {of_account}, updated_at = {moment},
    expired_quantity = expired_quantity + {expired},
    is_waiting = COALESCE({waits}, is_waiting), accepted_seq = COALESCE({in_queue}, accepted_seq)
{rows} WHERE id = {key}
""",
    (
        *CHANGE_ORDERS.columns[:-1],
        ("expired", "bigint"),
        ("waits", "boolean"),
        ("in_queue", "bigint"),
        ("key", "bigint"),
    ),
)
ADD_POSITIONS: Final = Change(
    """
INSERT INTO trading_position (account_id, market_id, contract_id, quantity, cash_ticks) {rows}
ON CONFLICT (account_id, contract_id) DO UPDATE SET
    quantity = trading_position.quantity + excluded.quantity,
    cash_ticks = trading_position.cash_ticks + excluded.cash_ticks
""",
    (
        ("account", "bigint"),
        ("market", "bigint"),
        ("contract", "bigint"),
        ("added", "bigint"),
        ("cash", "bigint"),
    ),
)
SET_EXPOSURES: Final = Change(
    """
INSERT INTO trading_marketexposure (account_id, market_id, exposure_ticks) {rows}
ON CONFLICT (account_id, market_id) DO UPDATE SET exposure_ticks = excluded.exposure_ticks
""",
    (("account", "bigint"), ("market", "bigint"), ("exposure", "bigint")),
)
CHANGE_ACCOUNTS: Final = Change(
    """
UPDATE ledger_account SET balance_ticks = balance_ticks + {paid},
    exposure_ticks = exposure_ticks + {held}, account_seq = {seq}
{rows} WHERE id = {key}
""",
    (("paid", "bigint"), ("held", "bigint"), ("seq", "bigint"), ("key", "bigint")),
)
CHANGE_MARKETS: Final = Change(
    """
UPDATE markets_market SET seq = {last_seq}, status = COALESCE({new_status}, status),
    volume = volume + {traded}, trade_count = trade_count + {trades}
{rows} WHERE id = {key}
""",
    (
        ("last_seq", "bigint"),
        ("new_status", "varchar"),
        ("traded", "bigint"),
        ("trades", "bigint"),
        ("key", "bigint"),
    ),
)
SET_LAST_PRICES: Final = Change(
    "UPDATE markets_contract SET last_price_ticks = {price} {rows} WHERE id = {key}",
    (("price", "integer"), ("key", "bigint")),
)

# One row each: said with its values, %s, as they are.
END_MARKET: Final = "UPDATE markets_market SET winner_id = %s, settled_at = %s WHERE id = %s"
SETTLE_POSITIONS: Final = """
UPDATE trading_position SET settled_ticks =
    cash_ticks + CASE WHEN contract_id = %s THEN quantity * %s ELSE 0 END
WHERE market_id = %s
"""
VOID_POSITIONS: Final = """
UPDATE trading_position SET quantity = 0, cash_ticks = 0, settled_ticks = 0 WHERE market_id = %s
"""
INSERT_JOURNAL: Final = """
INSERT INTO trading_journalbatch (shard, number, epoch, time_ms, facts, entries, digest)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
ADVANCE_SHARD: Final = """
UPDATE trading_shard SET journal_number = %s, digest = %s, next_trade = %s, last_time_ms = %s
WHERE number = %s AND epoch = %s AND journal_number = %s
"""
