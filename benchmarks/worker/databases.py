"""Databases that are filled once and copied for every run, on SQLite or PostgreSQL."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
Environment = dict[str, str]


class Sizes(NamedTuple):
    """What a database is filled with: commands that wait, and what was there before."""

    commands: int
    markets: int
    open_orders: int
    past_orders: int


class SqliteServer:
    """Databases as files of a folder."""

    label = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, name: str) -> str:
        """Return where a database is."""
        return f"sqlite:///{self._folder / name}.sqlite3"

    def make(self, name: str) -> None:
        """Make a database; there is nothing to do before it is used."""

    def copy(self, name: str, copy: str) -> None:
        """Make a database that is like another one."""
        shutil.copyfile(self._folder / f"{name}.sqlite3", self._folder / f"{copy}.sqlite3")

    def drop(self, name: str) -> None:
        """Remove a database."""
        for path in self._folder.glob(f"{name}.sqlite3*"):
            path.unlink()


class PostgresqlServer:
    """Databases of a server, named after the one its URL names."""

    label = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._prefix = f"{self._url.path.strip('/')}_bench_{secrets.token_hex(4)}"
        self._admin = psycopg.connect(self.url_of("postgres"), autocommit=True)

    def url_of(self, database: str) -> str:
        """Return the URL of a database of the server."""
        netloc = self._url.netloc
        return f"postgresql://{netloc}/{database}"

    def url(self, name: str) -> str:
        """Return where a database is."""
        return self.url_of(f"{self._prefix}_{name}").replace("postgresql:", "postgres:", 1)

    def make(self, name: str) -> None:
        """Make an empty database."""
        self._admin.execute(f"CREATE DATABASE {self._prefix}_{name}")

    def copy(self, name: str, copy: str) -> None:
        """Make a database that is like another one."""
        names = f"{self._prefix}_{copy} TEMPLATE {self._prefix}_{name}"
        self._admin.execute(f"CREATE DATABASE {names}")
        # What the copy and the run before left to be written would be written during the next.
        self._admin.execute("CHECKPOINT")

    def drop(self, name: str) -> None:
        """Remove a database."""
        self._admin.execute(f"DROP DATABASE IF EXISTS {self._prefix}_{name} WITH (FORCE)")


Server = SqliteServer | PostgresqlServer


def environment(server: Server, name: str, folder: Path) -> Environment:
    """Return the environment of a process that works on a database."""
    return os.environ | {
        "DATABASE_URL": server.url(name),
        "DATABASE_POOL_MAX": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(folder),
        "BOOK_SHARDS": "1",
        "LOG_JSON": "0",
        "LOG_LEVEL": "ERROR",
    }


def run(site: Environment, *arguments: str) -> str:
    """Run a program of Python and return what it prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=site, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextmanager
def filled(server: Server, folder: Path, sizes: Sizes) -> Iterator[str]:
    """Make a database of these sizes; yield its name."""
    name = "filled"
    server.make(name)
    try:
        site = environment(server, name, folder)
        run(site, "manage.py", "migrate", "--verbosity", "0")
        run(site, "-m", "benchmarks.worker.fill", *map(str, sizes))
        yield name
    finally:
        server.drop(name)


@contextmanager
def copied(server: Server, folder: Path, name: str) -> Iterator[Environment]:
    """Copy a database; yield the environment of a process that works on the copy."""
    server.copy(name, "run")
    try:
        yield environment(server, "run", folder)
    finally:
        server.drop("run")


@contextmanager
def own_database(name: str) -> Iterator[Environment | None]:
    """Make an empty database on the server of DATABASE_URL; yield the environment of a process.

    None where that names no PostgreSQL.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        print(f"{name}: left out, DATABASE_URL names no PostgreSQL")
        yield None
        return
    server = PostgresqlServer(url)
    with tempfile.TemporaryDirectory() as folder:
        server.make(name)
        try:
            yield environment(server, name, Path(folder))
        finally:
            server.drop(name)
