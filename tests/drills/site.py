"""The whole site in production's processes, on servers of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.browser.sites import ROOT, Sink, free_port
from tests.drills.programs import Program
from tests.drills.servers import Postgresql, Redis

DATABASE = "drill"
SHARDS = 4
PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is logged in."""

    account: int
    session: str
    email: str


@dataclass(frozen=True, slots=True)
class Book:
    """A market of one contract."""

    slug: str
    shard: int
    contract: str


class DrillSite:
    """Two web processes, two book workers and Celery. Every part may be lost and comes back."""

    def __init__(self, folder: Path, database: Postgresql, layer: Redis, sink: Sink) -> None:
        self.folder = folder
        self.database = database
        self.redis = layer
        self.sink = sink
        self.clock = folder / "clock"
        self.members: list[Member] = []
        self.books: list[Book] = []
        self.urls: list[str] = []
        self._is_usual = False
        self.env = self._environment()
        self.programs = {program.name: program for program in self._programs()}

    def __getitem__(self, name: str) -> Program:
        return self.programs[name]

    def of_kind(self, kind: str) -> list[Program]:
        """Every program of a kind: web, books or celery."""
        return [program for program in self.programs.values() if program.kind == kind]

    def make(self, *, members: int = 8, markets: int = 8) -> None:
        """Make the template of the database that `begin_anew` copies."""
        with self.database.connect("postgres") as admin:
            admin.execute("CREATE DATABASE filled")
        site = {"DATABASE_URL": self.database.url("filled")}
        self.run("manage.py", "migrate", "--verbosity", "0", **site)
        made = json.loads(self.run("-m", "tests.drills.fill", str(members), str(markets), **site))
        self.members = [Member(**member) for member in made["members"]]
        self.books = [Book(**market) for market in made["markets"]]
        self.begin_anew()

    def begin_anew(self) -> None:
        """Give the site, which must not run, a database in which nothing has happened yet."""
        self.database.copy("filled", DATABASE)

    def run(self, *arguments: str, **more: str) -> str:
        """Run a program of Python beside the site and return what it prints."""
        done = subprocess.run(
            [PYTHON, *arguments],
            cwd=ROOT,
            env={**self.env, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, **more: str) -> None:
        """Start every program that does not run, and return once orders are judged."""
        for program in self.programs.values():
            if program.lives == 0 or program.exit_code() is not None:
                program.start(**more)
        for web in self.of_kind("web"):
            web.says("ready")
        self.wait_until_quiet()
        self._is_usual = not more

    def runs_as_usual(self) -> bool:
        """Whether every program lives, and none was told to fail."""
        return self._is_usual and all(one.exit_code() is None for one in self.programs.values())

    def kill(self) -> None:
        """End every program."""
        self._is_usual = False
        for program in self.programs.values():
            program.kill()

    def stop(self) -> None:
        """End everything, servers too."""
        self.kill()
        self.redis.kill()
        if self.database.is_running():
            self.database.stop("immediate")
        self.sink.controller.stop()

    def ask(self, statement: str, *values: object) -> list[Any]:
        """The rows that a statement gives, by a connection of its own."""
        with self.database.connect(DATABASE) as connection:
            done = connection.execute(statement.encode(), values or None)
            return done.fetchall() if done.description else []

    def owners(self) -> dict[int, int]:
        """The process that holds each shard's lease, by the lease's own word; 0: nobody does."""
        rows = self.ask("SELECT number, owner FROM trading_shard ORDER BY number")
        return {number: int(owner.split(":")[1]) if owner else 0 for number, owner in rows}

    def healthz(self) -> httpx.Response:
        """What the first web process says of the exchange."""
        return httpx.get(f"{self.urls[0]}/healthz", timeout=15)

    def wait_until_quiet(self, timeout_s: float = 90) -> None:
        """Return once nothing waits: no command, no shard without an owner, no unread journal."""
        wait_for(lambda: self.unrest() == "", timeout_s, self.unrest)

    def unrest(self) -> str:
        """What keeps the exchange from being quiet; "" when nothing does."""
        try:
            (waiting, owned, unread), *_ = self.ask(_UNREST)
        except psycopg.Error as error:
            return f"the database: {error}"
        if waiting or owned != SHARDS or unread:
            return f"{waiting} commands wait, {owned} shards are owned, {unread} batches unread"
        return ""

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
            "DATABASE_URL": self.database.url(DATABASE),
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": self.sink.url,
            "VAR_DIR": str(self.folder / "var"),
            "SITE_URL": "http://localhost:8000",
            "SECRET_KEY": "a drill's own key, worth nothing to anybody at all",
            "DRILL_CLOCK": str(self.clock),
            "BOOK_SHARDS": str(SHARDS),
            "LOG_JSON": "0",
            "PYTHONUNBUFFERED": "1",
        }

    def _programs(self) -> Iterator[Program]:
        for number in (1, 2):
            port = free_port()
            self.urls.append(f"http://127.0.0.1:{port}")
            yield self._program(f"web{number}", "manage.py", "web", "--port", str(port))
        for number in (1, 2):
            yield self._program(f"books{number}", "manage.py", "runbooks")
        celery = (
            "-m celery --quiet --app config.celery worker --beat --pool solo --loglevel WARNING"
        )
        schedule = str(self.folder / "celerybeat-schedule")
        yield self._program("celery", *celery.split(), "--schedule", schedule)

    def _program(self, name: str, *arguments: str) -> Program:
        return Program(name, [PYTHON, *arguments], env=self.env, folder=self.folder)


_UNREST = """
SELECT (SELECT count(*) FROM trading_inboxcommand),
    (SELECT count(*) FROM trading_shard WHERE owner <> ''
        AND expires_at_ms >= extract(epoch FROM clock_timestamp()) * 1000),
    (SELECT coalesce(sum(shard.journal_number - coalesce(reader.number, 0)), 0)
        FROM trading_shard AS shard LEFT JOIN trading_journalcursor AS reader
            ON reader.shard = shard.number AND reader.subscriber = 'mail')
"""


def wait_for(
    true: Callable[[], object], timeout_s: float, why: Callable[[], object] = lambda: ""
) -> float:
    """Return the seconds until a condition holds; fail when it does not in time."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < timeout_s, f"waited {timeout_s} s in vain: {why()}"
        time.sleep(0.05)
    return time.monotonic() - started


@contextmanager
def drill_site(folder: Path, **settings: str) -> Iterator[DrillSite]:
    """Servers and a filled database; no program runs yet. `settings` are PostgreSQL's."""
    database, layer = Postgresql(folder / "postgresql", **settings), Redis(folder / "redis")
    (folder / "var").mkdir()
    site = DrillSite(folder, database, layer, Sink())
    try:
        database.make()
        layer.start()
        site.make()
        yield site
    finally:
        site.stop()
