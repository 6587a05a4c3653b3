"""Where the command line keeps API keys: one for each site, in a file that only you can read."""

import json
import os
import stat
from pathlib import Path


class KeyFileError(Exception):
    """The file is not as it should be; the message says what to do."""


def path() -> Path:
    """Return the file of keys, by the XDG rules."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "likely" / "keys.json"


def find(site: str) -> str | None:
    """Return the key for a site: LIKELY_KEY, else the one kept; None without either."""
    return os.environ.get("LIKELY_KEY") or _read().get(site)


def keep(site: str, key: str) -> None:
    """Keep a key for a site, in the place of the one before."""
    _write(_read() | {site: key})


def forget(site: str) -> bool:
    """Forget a site's key; False where there is none."""
    keys = _read()
    if site not in keys:
        return False
    del keys[site]
    _write(keys)
    return True


def _read() -> dict[str, str]:
    file = path()
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return {}
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"others can read {file}: chmod 600 {file}")
    try:
        keys = json.loads(file.read_text())
    except ValueError as error:
        raise KeyFileError(f"{file} is not JSON: mend it or delete it") from error
    return {str(site): str(key) for site, key in keys.items()}


def _write(keys: dict[str, str]) -> None:
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = file.with_suffix(".unfinished")
    # Made with its mode: it is never readable by others, not even for a moment.
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(keys, out, indent=2)
    unfinished.replace(file)
