"""The floor: a bare program that says to the database what a worker said, and nothing else.

    python -m benchmarks.worker.floor DATABASE_URL FILE

It takes the same commands out of the inbox, reads and locks the same accounts, writes the same
rows (journal row included) in as many transactions: psycopg or sqlite3, no Django, no engine.
Reading the file is not timed. Prints one JSON object.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg

SHARD = "SELECT epoch, journal_number, digest, last_time_ms FROM trading_shard WHERE number = 0"
DUE = "SELECT id FROM markets_market WHERE shard = 0 AND status IN ('open', 'halted') AND closes_at <= {now}"  # noqa: E501 -- a statement
TAKE = """
DELETE FROM trading_inboxcommand WHERE id IN (
    SELECT id FROM trading_inboxcommand WHERE shard = 0 ORDER BY id LIMIT {mark})
RETURNING id, kind, payload, account_id, user_id, reply_to, received_at_ms
"""
ACCOUNTS = "SELECT id, balance_ticks - exposure_ticks, is_suspended, account_seq FROM ledger_account WHERE id "  # noqa: E501 -- a statement
SETTINGS = """
SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_seqscan', 'off', true), set_config('TimeZone', 'UTC', true)
"""
Batch = dict[str, Any]


class Postgresql:
    """COPY for rows, arrays for changes."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url)
        self._cursor = self._connection.cursor()

    def write(self, batch: Batch) -> None:
        """Write one batch in one transaction."""
        execute = self._cursor.execute
        execute(SHARD + " FOR UPDATE").fetchone()
        execute(SETTINGS, prepare=True)
        execute(DUE.format(now="now()")).fetchall()
        taken = execute(TAKE.format(mark="%s"), [batch["commands"]]).fetchall()
        assert len(taken) == batch["commands"], "the floor takes what the worker took"
        in_order = "= ANY(%s) ORDER BY id"
        execute(ACCOUNTS + in_order, [batch["read"]]).fetchall()
        for how, statement, rows in batch["said"]:
            if how == "insert":
                with self._cursor.copy(statement) as copy:
                    copy.write("".join([_line(row) for row in rows]))
        execute(ACCOUNTS + in_order + " FOR NO KEY UPDATE", [batch["locked"]]).fetchall()
        with self._connection.pipeline():
            for how, statement, rows in batch["said"]:
                if how == "change":
                    execute(statement, [_array(column) for column in zip(*rows)], prepare=True)  # noqa: B905 -- equal
                elif how == "execute":
                    execute(statement, rows, prepare=True)
        self._connection.commit()


def _line(row: Sequence[Any]) -> str:
    # The statement says how NULL is written.
    return "\t".join([str(value) for value in row]) + "\n"


def _array(column: Iterable[Any]) -> str:
    return f"{{{','.join(['NULL' if value is None else str(value) for value in column])}}}"


class Sqlite:
    """One executemany for each kind of row."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-65536",
            "temp_store=MEMORY",
            "wal_autocheckpoint=8000",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    def write(self, batch: Batch) -> None:
        """Write one batch in one transaction."""
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        execute(SHARD).fetchone()
        execute(DUE.format(now="datetime('now')")).fetchall()
        taken = execute(TAKE.format(mark="?"), [batch["commands"]]).fetchall()
        assert len(taken) == batch["commands"], "the floor takes what the worker took"
        in_order = "IN (SELECT value FROM json_each(?)) ORDER BY id"
        execute(ACCOUNTS + in_order, [json.dumps(batch["read"])]).fetchall()
        execute(ACCOUNTS + in_order, [json.dumps(batch["locked"])]).fetchall()
        for how, statement, rows in batch["said"]:
            if how == "execute":
                execute(statement, rows)
            else:
                self._connection.executemany(statement, rows)
        execute("COMMIT")


def main() -> None:
    """Write every batch of the file; print the seconds and how many they were."""
    url, path = sys.argv[1:]
    batches = [json.loads(line) for line in Path(path).read_text().splitlines()]
    database = Sqlite(url) if url.startswith("sqlite:") else Postgresql(url)
    started, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        database.write(batch)
    seconds = time.perf_counter() - started
    figures = {"seconds": seconds, "cpu": time.process_time() - cpu, "batches": len(batches)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
