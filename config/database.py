"""The database from DATABASE_URL: SQLite by default, PostgreSQL in production."""

from pathlib import Path
from typing import Any

import environ

# IMMEDIATE: a deferred reader that starts to write fails at once with "database is locked";
# a transaction that says it writes waits its turn instead.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
        # 32 MB of log before it is copied into the file: a page that changes with every batch is
        # copied once for many.
        "PRAGMA wal_autocheckpoint=8000;"
    ),
}


def database_settings(env: environ.Env, var_dir: Path) -> dict[str, Any]:
    """Return the `default` entry of DATABASES."""
    url = env.str("DATABASE_URL", default="")
    if not url:
        var_dir.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{var_dir / 'likely.sqlite3'}"
    config: dict[str, Any] = environ.Env.db_url_config(url)
    # One thread a request under ASGI: kept connections would leak, a pool lends them.
    config["CONN_MAX_AGE"] = 0
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # A file: the worker threads of a test need the same database, not one of their own.
        config["TEST"] = {"NAME": str(var_dir / "test.sqlite3")}
        config["OPTIONS"] = SQLITE_OPTIONS
    else:
        config["OPTIONS"] = _postgresql_options(env)
    return config


def _postgresql_options(env: environ.Env) -> dict[str, Any]:
    options: dict[str, Any] = {
        # A paused owner must not hold a lease row for ever (docs/decisions/0003).
        "options": "-c idle_in_transaction_session_timeout=5000 -c lock_timeout=10000",
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "connect_timeout": 3,
    }
    pool_max = env.int("DATABASE_POOL_MAX", default=16)
    if pool_max:
        options["pool"] = {
            "min_size": 1,
            "max_size": pool_max,
            # Whoever waits longer is told to come again (503).
            "timeout": 3,
            # Left alone the pool asks a database that is away ever less often, and finds out up
            # to minutes late that it is back: give up soon, the next request begins anew.
            "reconnect_timeout": 2,
        }
    return options
