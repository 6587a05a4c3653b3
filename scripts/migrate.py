"""Bring the database up to date before the site starts, and say so only when there was work.

For the SQLite file of the one-command mode a note beside it tells that these very migrations
have been applied, which spares a start of Django; any other database is asked itself.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
NOTE = VAR_DIR / "migrated"


def fingerprint() -> str:
    """Return what changes when a migration, a requirement or the database file is another."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    folders = [path for path in ROOT.glob("[a-z]*") if path.is_dir() and path != VAR_DIR]
    for folder in folders:
        for path in sorted(folder.glob("**/migrations/*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    database = VAR_DIR / "likely.sqlite3"
    digest.update(str(database.stat().st_ino).encode() if database.exists() else b"none")
    return digest.hexdigest()


def manage(*arguments: str) -> int:
    """Run a command of manage.py and return its exit code."""
    return subprocess.call([sys.executable, str(ROOT / "manage.py"), *arguments])


def main() -> int:
    """Migrate when needed; the exit code is the migration's."""
    own_file = not os.environ.get("DATABASE_URL")
    if own_file and NOTE.exists() and NOTE.read_text() == fingerprint():
        return 0
    print("Preparing the database", flush=True)
    code = manage("migrate", "--verbosity", "0")
    if own_file and code == 0:
        NOTE.write_text(fingerprint())
    return code


if __name__ == "__main__":
    sys.exit(main())
