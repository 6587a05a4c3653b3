"""The simulated database: SQLite's own, with connections that fail and a clock of its own.

Each thread has a connection of its own to one file, so transactions are as real as they are. What
is simulated is the way there: statements and COMMITs that fail before they arrive, after they are
done, or while nobody can tell; a server that is away; one that ends what is idle in a transaction.
"""

import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.db import connections
from django.db.backends.sqlite3.base import (
    FORMAT_QMARK_REGEX,
    DatabaseWrapper,
    SQLiteCursorWrapper,
)

from tests.simulation.process import Process, wait_in

if TYPE_CHECKING:
    from tests.simulation.faults import Faults

T = TypeVar("T")
_JULIAN_1970: Final = 2_440_587.5
_DAY_MS: Final = 86_400_000
# As in the settings: how long one waits for another's transaction.
_BUSY_S: Final = 20.0
_FASTER: Final = "PRAGMA synchronous=OFF; PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY"


class Database:
    """The server: a file, a clock, and whether it can be reached."""

    def __init__(
        self, path: Path, *, now_ms: Callable[[], int], now_s: Callable[[], float]
    ) -> None:
        self.path = path
        self.offset_ms = 0
        self.is_away = False
        # Told who has committed, whether that journaled, and whether it touched the inbox.
        self.when_committed: Callable[[Process, bool, bool], None] = lambda *told: None
        self.faults: Faults
        self.now_s = now_s
        self.open: dict[Raw, None] = {}
        self.waiting: list[Callable[..., None]] = []
        self._now_ms = now_ms
        self._idle: list[Raw] = []

    def connect(self, process: Process | None = None) -> "Connection":
        """Return a connection of Django's for a thread of a process; without one: for a witness."""
        settings = connections.settings["default"]
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 0,
            "init_command": _FASTER,
            "cached_statements": 512,
        }
        return Connection({**settings, "NAME": str(self.path), "OPTIONS": options}, self, process)

    def julian_day(self, *_: object) -> float:
        """Return what SQLite's own function of that name does: the server's clock."""
        return _JULIAN_1970 + (self._now_ms() + self.offset_ms) / _DAY_MS

    def go_away(self) -> None:
        """Refuse connections and cut those there are."""
        self.is_away = True
        for raw in tuple(self.open):
            raw.cut()

    def let_others_go_on(self) -> None:
        """Wake those who wait for the lock of a transaction that has ended; none is the first."""
        waiting, self.waiting = self.waiting, []
        for wake in waiting:
            wake(self.faults.draw_wait_s())

    def take_idle(self) -> "Raw | None":
        return self._idle.pop() if self._idle else None

    def give_back(self, raw: "Raw") -> None:
        self._idle.append(raw)


class Connection(DatabaseWrapper):
    """Django's connection, over one that may fail."""

    def __init__(self, settings: dict[str, Any], database: Database, process: Process | None):
        super().__init__(settings, "default")
        self._database = database
        self._process = process

    def get_new_connection(self, conn_params: dict[str, Any]) -> "Raw":
        self._database.faults.before_connecting()
        raw = self._database.take_idle()
        if raw is None:
            conn_params.pop("factory", None)
            raw = super().get_new_connection({**conn_params, "factory": Raw})
            raw.create_function("julianday", -1, self._database.julian_day)
        raw.database, raw.process, raw.is_quick = self._database, self._process, False
        self._database.open[raw] = None
        return raw

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(DjangoCursor)

    def cut(self) -> None:
        """Lose the connection, as when the process died."""
        if self.connection is not None:
            self.connection.cut()


class Raw(sqlite3.Connection):
    """SQLite's connection, which `faults` may break. `cut` connections answer nothing more."""

    database: Database
    process: Process | None = None
    is_cut = False
    is_quick = True  # while it is opened, its statements are no steps
    journals = False
    moves_commands = False

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or PlainCursor)

    def execute(self, statement: str, values: Any = ()) -> Any:
        return self.cursor().execute(statement, values)

    def commit(self) -> None:
        if self.process is None or not self.in_transaction:
            super().commit()
            return
        self.check()
        self.database.faults.at_commit(self)

    def commit_really(self) -> None:
        """Commit, and have the witnesses look."""
        super().commit()
        self.database.let_others_go_on()
        journaled, self.journals = self.journals, False
        moved, self.moves_commands = self.moves_commands, False
        assert self.process is not None
        self.database.when_committed(self.process, journaled, moved)

    def rollback(self) -> None:
        self.check()
        self._undo()

    def _undo(self) -> None:
        super().rollback()
        self.journals = self.moves_commands = False
        self.database.let_others_go_on()

    def check(self) -> None:
        """Raise OperationalError where nobody answers."""
        if self.is_cut:
            raise sqlite3.OperationalError("server closed the connection unexpectedly")

    def cut(self) -> None:
        """End the session: what was not committed is undone."""
        if not self.is_cut:
            self.is_cut = True
            self._undo()
            self.database.open.pop(self, None)

    def leave_pending(self) -> None:
        """Lose the connection, while the server still carries its COMMIT out."""
        self.is_cut = True
        self.database.open.pop(self, None)

    def end_pending(self, *, committed: bool) -> None:
        """Let the server finish what it was left with."""
        if committed:
            self.commit_really()
        else:
            self._undo()

    def close(self) -> None:
        """Keep the session for whoever connects next; one that was cut is gone."""
        if self.is_cut:
            return
        if self.in_transaction:
            self._undo()
        self.database.open.pop(self, None)
        self.database.give_back(self)

    def carry_out(self, statement: str, call: Callable[[], T]) -> T:
        """Carry a statement out as one step of its process."""
        if self.process is None or self.is_quick:
            return call()
        self.check()
        result = self.database.faults.at_statement(self, statement, lambda: self._when_free(call))
        if "trading_journalbatch (" in statement:
            self.journals = True
        if "trading_inboxcommand" in statement:
            self.moves_commands = True
        return result

    def _when_free(self, call: Callable[[], T]) -> T:
        """Wait for another's transaction to end, as SQLite does, but on virtual time."""
        until_s = self.database.now_s() + _BUSY_S
        while True:
            try:
                return call()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or self.database.now_s() > until_s:
                    raise
            wait_in(self.database.waiting)
            self.check()


class _Steps:
    """A cursor whose statements are steps."""

    connection: Raw

    def execute(self, statement: str, values: Any = None) -> Any:
        call = super().execute  # type: ignore[misc]
        given = () if values is None else (values,)
        return self.connection.carry_out(statement, lambda: call(statement, *given))

    def executemany(self, statement: str, values: Any) -> Any:
        rows = list(values)
        call = super().executemany  # type: ignore[misc]
        return self.connection.carry_out(statement, lambda: call(statement, rows))


class PlainCursor(_Steps, sqlite3.Cursor):
    """What the writer's store asks for."""


class DjangoCursor(_Steps, SQLiteCursorWrapper):
    """What Django asks for."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """Say as Django does where values stand; the same statements come again and again."""
        if param_names is None:
            return _converted(query)
        return super().convert_query(query, param_names=param_names)


@cache
def _converted(query: str) -> str:
    return FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
