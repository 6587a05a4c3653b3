"""Run the production processes of the Procfile on local PostgreSQL and Redis: `make stack`.

DATABASE_URL and REDIS_URL name the servers; the database is made when it is missing, and the
migrations are applied before any process starts. Ctrl-C or SIGTERM stops all of them.
"""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
CONNECT_LIMIT_S = 5
DEFAULTS = {
    "DATABASE_URL": "postgres://localhost/likely",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "VAR_DIR": str(ROOT / "var"),
    "PORT": "8000",
    "LOG_JSON": "0",
    "PYTHONUNBUFFERED": "1",
}


def ensure_database(url: str) -> None:
    """Create the database of this URL where it is missing; exit with advice if none answers."""
    name = urlsplit(url).path.lstrip("/")
    server = urlsplit(url)._replace(scheme="postgresql", path="/postgres").geturl()
    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=CONNECT_LIMIT_S) as admin:
            found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
                print(f"Created the database {name}")
    except psycopg.OperationalError as error:
        sys.exit(
            f"No PostgreSQL at DATABASE_URL: {error}"
            "Start it, or name another: DATABASE_URL=postgres://user:secret@host/likely make stack"
        )


def ensure_redis(url: str) -> None:
    """Exit with advice when Redis does not answer."""
    try:
        redis.Redis.from_url(url, socket_timeout=CONNECT_LIMIT_S).ping()
    except redis.RedisError as error:
        sys.exit(
            f"No Redis at REDIS_URL: {error}\n"
            "Start it, or name another: REDIS_URL=redis://host:6379/0 make stack"
        )


def main() -> None:
    """Prepare the servers, then become the process runner."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    variables = {**DEFAULTS, **os.environ, "PATH": programs}
    ensure_database(variables["DATABASE_URL"])
    ensure_redis(variables["REDIS_URL"])
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    if subprocess.call(migrate, cwd=ROOT, env=variables):
        sys.exit("The migrations failed; nothing was started.")
    print(f"Starting web, books, celery and beat at {variables.get('SITE_URL', '')}", flush=True)
    runner = [sys.executable, "-m", "honcho", "start", "-f", "Procfile", "-p", variables["PORT"]]
    os.chdir(ROOT)
    os.execve(sys.executable, runner, variables)  # noqa: S606 -- signals reach it undelayed


if __name__ == "__main__":
    main()
