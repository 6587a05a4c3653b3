"""What a worker says to its database, written down so that the floor can say it again."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any

from exchange.trading.batch import Batch
from exchange.trading.writer import postgresql, sqlite
from exchange.trading.writer.statements import Change, Insert
from exchange.trading.writer.store import Done, Row, Sink, Store

Saying = tuple[str, str, list[Any]]  # how, the statement, rows or values


class RecordingSink:
    """Hands rows on, and keeps them."""

    def __init__(self, sink: Sink) -> None:
        self.rows: list[Row] = []
        self._sink = sink

    def write(self, rows: Iterable[Row]) -> None:
        """Hand rows on."""
        given = list(rows)
        self.rows += given
        self._sink.write(given)


class RecordingStore:
    """Hands everything on to the store of the connected database, and keeps it."""

    def __init__(self, store: Store, said: list[Saying]) -> None:
        self._store = store
        self._said = said
        self._is_sqlite = isinstance(store, sqlite.SqliteStore)

    @contextmanager
    def insert(self, table: Insert, *, may_wait: bool = False) -> Iterator[RecordingSink]:
        """Open a table for rows."""
        with self._store.insert(table, may_wait=may_wait) as sink:
            recording = RecordingSink(sink)
            yield recording
        statement = (sqlite.insert_statement if self._is_sqlite else postgresql.copy_statement)(
            table
        )
        if recording.rows:
            self._said.append(("insert", statement, recording.rows))

    def change(self, change: Change, rows: Sequence[Row]) -> None:
        """Carry a change out for each of the rows."""
        module = sqlite if self._is_sqlite else postgresql
        if rows:
            self._said.append(("change", module.change_statement(change), list(rows)))
        self._store.change(change, rows)

    def execute(self, statement: str, values: Sequence[Any]) -> Done:
        """Carry out one statement."""
        said = statement.replace("%s", "?") if self._is_sqlite else statement
        self._said.append(("execute", said, list(values)))
        return self._store.execute(statement, values)

    def together(self) -> AbstractContextManager[object]:
        """As the store does."""
        return self._store.together()


class Recorder:
    """Writes one line for each batch: how many commands it took, and what was said."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._said: list[Saying] = []

    def record(self, store: Store) -> RecordingStore:
        """Return a store that keeps what is said of the next batch."""
        self._said = []
        return RecordingStore(store, self._said)

    def end_batch(self, batch: Batch) -> None:
        """Write a batch down, with the accounts that were read and those that were locked."""
        entries = [judged.entry for judged in batch.judged]
        line = {
            "commands": len(entries),
            "read": sorted({entry.account_id for entry in entries} - {None}),
            "locked": sorted(batch.account_seqs),
            "said": self._said,
        }
        self._file.write(json.dumps(line) + "\n")
