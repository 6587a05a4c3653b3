"""Prove the README on a machine with Python and make alone: bare.py start|test FOLDER.

PATH holds only Python, make, sh and the small tools of every Unix; compilers, Node, Redis,
PostgreSQL, git and browsers are out of sight, and so is the environment. `start` clones the
repository into FOLDER, times `make run` twice and stops it with SIGTERM; `test` runs
`make test` in the same clone.
"""

import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = (
    "awk", "basename", "cat", "chmod", "cksum", "cmp", "cp", "cut", "date", "dirname", "env",
    "expr", "false", "grep", "head", "ls", "make", "mkdir", "mktemp", "mv", "printf", "pwd", "rm",
    "sed", "sh", "sleep", "sort", "tail", "test", "touch", "tr", "true", "uname", "wc",
)  # fmt: skip
HIDDEN = ("cc", "gcc", "g++", "git", "node", "npm", "redis-server", "psql", "chromium")
FIRST_START_MAX_S = 180
SECOND_START_MAX_S = 5
STOP_MAX_S = 20
SAID_WHEN_OPEN = ("Likely is open at http://localhost:", "/dev/mail/", "password:")
OPEN_MAX_S = 60
# What a package mirror may need; nothing else of the caller's environment is passed on.
PASSED_ON = ("PIP_", "SSL_CERT", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
BROWSERS_NOT_RUN = "BROWSER TESTS NOT RUN: install chromium"


class Failed(Exception):  # noqa: N818 -- reads as the sentence it prints
    """What was promised and did not happen."""


def build_programs(folder: Path) -> None:
    """Fill a folder with the only programs that will be on PATH."""
    folder.mkdir(parents=True)
    for name in TOOLS:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    python = folder / "python3"
    # A script, not a link: the interpreter finds its library by its own place.
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)


def bare_environment(folder: Path) -> dict[str, str]:
    """Return the whole environment of the bare machine."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    passed_on = {
        name: value for name, value in os.environ.items() if name.upper().startswith(PASSED_ON)
    }
    config = Path.home() / ".config" / "pip" / "pip.conf"
    if config.exists():
        passed_on.setdefault("PIP_CONFIG_FILE", str(config))
    return {
        **passed_on,
        "PATH": str(folder / "bin"),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",  # no browser comes by this way either
    }


def prepare(folder: Path) -> None:
    """Make the machine: its programs and a fresh clone."""
    build_programs(folder / "bin")
    seen = [name for name in HIDDEN if shutil.which(name, path=str(folder / "bin"))]
    if seen:
        raise Failed(f"the bare machine has {', '.join(seen)}")
    command = ["git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks"]
    subprocess.run([*command, str(ROOT), str(folder / "likely")], check=True)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_page_after(port: int, site: subprocess.Popen[bytes], limit_s: float) -> float:
    """Return the seconds until the front page is answered with 200. Raises Failed."""
    start = time.monotonic()
    # Asked for longer than allowed, so that a miss is reported with its figure.
    while time.monotonic() - start < limit_s * 2:
        if site.poll() is not None:
            raise Failed(f"make run ended with exit code {site.returncode}")
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/", timeout=10) as page:
                body = page.read()
            if b"</html>" not in body:
                raise Failed(f"the first page is no page: {body[:200]!r}")
            return time.monotonic() - start
        except urllib.error.HTTPError as error:
            raise Failed(f"the first page answers {error.code}") from error
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    raise Failed(f"no page after {limit_s * 2:.0f} s")


def wait_until_said(log: Path) -> None:
    """Wait for the address, the demo log-ins and the place of the mail. Raises Failed."""
    start = time.monotonic()
    while missing := [words for words in SAID_WHEN_OPEN if words not in log.read_text()]:
        if time.monotonic() - start > OPEN_MAX_S:
            raise Failed(f"make run does not say: {', '.join(missing)}")
        time.sleep(0.1)


def rows(folder: Path) -> dict[str, set[int]]:
    """Return the ids in every table of the site's own database."""
    address = f"file:{folder / 'likely' / 'var' / 'likely.sqlite3'}?mode=ro"
    database = sqlite3.connect(address, uri=True)
    try:
        found = {}
        for table in ("accounts_user", "ledger_transfer", "markets_market", "trading_order"):
            ids = database.execute(f"SELECT id FROM {table}")  # noqa: S608 -- our own four names
            found[table] = {row[0] for row in ids}
        return found
    finally:
        database.close()


def run_once(folder: Path, name: str, limit_s: float) -> dict[str, set[int]]:
    """Start the site, time its first page, stop it, and return what is in its database."""
    port = free_port()
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        site = subprocess.Popen(
            [str(folder / "bin" / "make"), "run", f"PORT={port}"],
            cwd=folder / "likely",
            env=bare_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            seconds = first_page_after(port, site, limit_s)
            print(f"{name}: first page after {seconds:.1f} s (at most {limit_s} s)", flush=True)
            wait_until_said(log)
            stop(site, port)
        except Failed:
            print(log.read_text(errors="replace")[-6000:])
            raise
        finally:
            kill_session(site)
    print(log.read_text(errors="replace")[-3000:])
    if seconds > limit_s:
        raise Failed(f"{name} took {seconds:.1f} s, over {limit_s} s")
    return rows(folder)


def stop(site: subprocess.Popen[bytes], port: int) -> None:
    """Send SIGTERM to make, as a user would, and see everything end."""
    start = time.monotonic()
    site.send_signal(signal.SIGTERM)
    try:
        site.wait(STOP_MAX_S)
    except subprocess.TimeoutExpired:
        raise Failed(f"still running {STOP_MAX_S} s after SIGTERM") from None
    while session_lives(site):
        if time.monotonic() - start > STOP_MAX_S:
            raise Failed(f"a process is left {STOP_MAX_S} s after SIGTERM")
        time.sleep(0.05)
    print(f"stopped after {time.monotonic() - start:.1f} s", flush=True)
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise Failed("something still listens on the port")


def session_lives(site: subprocess.Popen[bytes]) -> bool:
    """Tell whether a process of the site's group is left."""
    try:
        os.killpg(site.pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill_session(site: subprocess.Popen[bytes]) -> None:
    """Leave nothing running, whatever went wrong."""
    if session_lives(site):
        os.killpg(site.pid, signal.SIGKILL)
    site.wait()


def start(folder: Path) -> None:
    """Time a first and a second start, and see that the data is kept."""
    prepare(folder)
    before = run_once(folder, "first start", FIRST_START_MAX_S)
    after = run_once(folder, "second start", SECOND_START_MAX_S)
    empty = [table for table, ids in before.items() if not ids]
    if empty:
        raise Failed(f"no demo data in {', '.join(empty)}")
    lost = [table for table, ids in before.items() if ids - after[table]]
    if lost:
        raise Failed(f"the second start lost rows of {', '.join(lost)}")
    print("data kept:", ", ".join(f"{len(ids)} in {table}" for table, ids in after.items()))


def test(folder: Path) -> None:
    """Run the whole suite there, as the README says."""
    environment = bare_environment(folder)
    if report := os.environ.get("TEST_REPORT"):
        environment["TEST_REPORT"] = report
    command = [str(folder / "bin" / "make"), "test"]
    with subprocess.Popen(
        command, cwd=folder / "likely", env=environment, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        lines = []
        for line in run.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    if run.returncode:
        raise Failed(f"make test ended with exit code {run.returncode}")
    if BROWSERS_NOT_RUN not in "".join(lines[-3:]):
        raise Failed(f"the last lines do not say: {BROWSERS_NOT_RUN}")


def main() -> int:
    """Run the step named on the command line."""
    step = {"start": start, "test": test}[sys.argv[1]]
    try:
        step(Path(sys.argv[2]))
    except Failed as failure:
        print(f"FAILED: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
