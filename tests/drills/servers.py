"""A PostgreSQL and a Redis of the drill's own, on free ports, to be stopped and lost at will."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql

from tests.browser.sites import free_port

START_LIMIT_S = 60
# What is lost with this machine's power nobody will miss: processes die here, machines do not.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "log_checkpoints": "off",
}


def program(name: str) -> str | None:
    """Where a program of the servers is, or None."""
    if found := shutil.which(name):
        return found
    asked = shutil.which("pg_config")
    if asked is None:
        return None
    done = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=True)
    return shutil.which(name, path=done.stdout.strip())


def missing_programs() -> list[str]:
    """The programs that drills need and this machine lacks."""
    return [name for name in ("initdb", "pg_ctl", "redis-server") if program(name) is None]


class Postgresql:
    """A database server in a folder of its own. As root it runs as somebody else: it insists."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._data = folder / "data"
        self._settings = _SETTINGS | {"port": str(self.port)} | settings
        self._become: dict[str, Any] = {}
        folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            person = _unprivileged()
            self._become = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
            os.chown(folder, person.pw_uid, person.pw_gid)

    def make(self) -> None:
        """Make an empty cluster and start it."""
        arguments = ("--auth=trust", "--username=likely", "--encoding=UTF8", "--locale=C.UTF-8")
        self._run("initdb", f"--pgdata={self._data}", "--no-sync", *arguments)
        with (self._data / "postgresql.conf").open("a") as config:
            config.writelines(f"{name} = '{value}'\n" for name, value in self._settings.items())
        self.start()

    def start(self) -> None:
        """Start and return once it answers, also where it has to recover from a crash first."""
        self._ctl("start", f"--log={self.folder / 'log'}", f"--timeout={START_LIMIT_S}")

    def stop(self, mode: str = "fast") -> None:
        """Stop: `fast` ends every connection, `immediate` is as good as a crash."""
        self._ctl("stop", f"--mode={mode}")

    def is_running(self) -> bool:
        """Whether its main process lives."""
        return (self._data / "postmaster.pid").exists()

    def url(self, name: str) -> str:
        """The address of a database, as the site reads it."""
        return f"postgres://likely@127.0.0.1:{self.port}/{name}"

    def connect(self, name: str) -> psycopg.Connection[Any]:
        """A connection to a database; every statement is a transaction of its own."""
        url = self.url(name).replace("postgres:", "postgresql:", 1)
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def copy(self, template: str, name: str) -> None:
        """Make a database that is like another one, in place of what has its name."""
        with self.connect("postgres") as admin:
            admin.execute(self._of("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
            admin.execute(self._of("CREATE DATABASE {} TEMPLATE {}", name, template))

    def cut_connections(self, name: str, share: int = 100) -> int:
        """End so many per cent of a database's connections; return how many were ended."""
        with self.connect("postgres") as admin:
            rows = admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND random() * 100 < %s",
                [name, share],
            )
            return len(rows.fetchall())

    def _of(self, statement: Any, *names: str) -> sql.Composed:
        return sql.SQL(statement).format(*map(sql.Identifier, names))

    def _ctl(self, verb: str, *arguments: str) -> None:
        self._run("pg_ctl", verb, f"--pgdata={self._data}", "--wait", "--silent", *arguments)

    def _run(self, name: str, *arguments: str) -> None:
        found = program(name)
        assert found is not None, f"no {name} on this machine"
        with (self.folder / f"{name}.out").open("ab") as output:
            done = subprocess.run(
                [found, *arguments],
                cwd="/",
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                **self._become,
            )
        assert done.returncode == 0, (self.folder / f"{name}.out").read_text()[-2_000:]


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("nobody to run PostgreSQL as: it refuses to run as root")


class Redis:
    """A Redis that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start and return once it answers."""
        command = f"redis-server --port {self.port} --bind 127.0.0.1 --save '' --appendonly no"
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command.replace("''", "").split(), "--dir", str(self._folder)],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_LIMIT_S
        while not self.answers():
            assert time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it can be asked."""
        try:
            return bool(self._client().ping())
        except redis.RedisError:
            return False

    def flush(self) -> None:
        """Forget everything."""
        self._client().flushall()

    def kill(self) -> None:
        """End it as by kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Let it answer nobody, and still take connections."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End a pause."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _client(self) -> Any:
        return redis.Redis.from_url(self.url, socket_timeout=5)
