"""The real site for browser tests: one process on SQLite, or the production processes.

`start_site` follows the environment: with DATABASE_URL and REDIS_URL it is `make stack` with a
database of its own and a real SMTP sink, else `manage.py serve`.
"""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 60


class Sink:
    """A real SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        self.messages.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 kept"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.controller.port}"


class Site:
    """A running site: its address, its processes, and the mail it sends."""

    def __init__(self, *, url: str, env: dict[str, str], command: Sequence[str]) -> None:
        self.url = url
        self.env = env
        self.log = Path(env["VAR_DIR"]) / "site.log"
        self.sink: Sink | None = None
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Return once pages are served; fail with the log when they are not."""
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError(f"the site did not start:\n{self.log.read_text()}")

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py beside the site and return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def mails(self, to: str) -> list[EmailMessage]:
        """The messages sent to an address so far, oldest first."""
        if self.sink is not None:
            messages = list(self.sink.messages)
        else:
            files = sorted((Path(self.env["VAR_DIR"]) / "mail").glob("*.eml"))
            parser = BytesParser(policy=policy.default)
            messages = [parser.parsebytes(file.read_bytes()) for file in files]
        return [message for message in messages if to in str(message["To"])]

    def wait_for_mail(self, to: str, subject: str, timeout_s: float = 15) -> EmailMessage:
        """Return the first message to an address whose subject matches."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for message in self.mails(to):
                if re.search(subject, str(message["Subject"])):
                    return message
            time.sleep(0.1)
        subjects = [str(message["Subject"]) for message in self.mails(to)]
        raise AssertionError(f"no mail {subject!r} to {to}, only {subjects}")

    def wait_for_text(self, to: str, text: str, timeout_s: float) -> str:
        """Return the text of the first message to an address in which it is found."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for message in self.mails(to):
                body = message.get_body(("plain",)).get_content()
                if re.search(text, body):
                    return body
            time.sleep(0.1)
        raise AssertionError(f"no mail to {to} says {text!r}")

    def stop(self) -> None:
        """Stop the site as an operator would, and insist when it does not."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.sink is not None:
            self.sink.controller.stop()


@contextmanager
def start_site(var_dir: Path) -> Iterator[Site]:
    """Start the site that the environment asks for, with an empty database."""
    start = stack if os.environ.get("REDIS_URL") else one_process
    with start(var_dir) as site:
        site.wait()
        yield site


@contextmanager
def one_process(var_dir: Path) -> Iterator[Site]:
    """`manage.py serve` on a SQLite file of its own."""
    port = free_port()
    env = environment(var_dir, port)
    command = [sys.executable, "manage.py", "serve", "--no-demo", "--port", str(port)]
    site = Site(url=env["SITE_URL"], env=env, command=command)
    try:
        yield site
    finally:
        site.stop()


@contextmanager
def stack(var_dir: Path) -> Iterator[Site]:
    """`make stack` on a PostgreSQL database of its own, with a real SMTP sink."""
    port = free_port()
    name = f"likely_stack_{secrets.token_hex(4)}"
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    sink = Sink()
    env = environment(var_dir, port) | {
        "DATABASE_URL": database,
        "REDIS_URL": os.environ["REDIS_URL"],
        "CHANNEL_PREFIX": name,
        "CELERY_QUEUE": name,
        "EMAIL_URL": sink.url,
        "PORT": str(port),
    }
    site = Site(url=env["SITE_URL"], env=env, command=["make", "stack"])
    site.sink = sink
    try:
        yield site
    finally:
        site.stop()
        drop_database(database)


def environment(var_dir: Path, port: int) -> dict[str, str]:
    """The environment of a site of its own: nothing of the caller's but what programs need."""
    var_dir.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "VAR_DIR": str(var_dir),
        "SITE_URL": f"http://localhost:{port}",
        "PYTHONUNBUFFERED": "1",
    }


def drop_database(url: str) -> None:
    """Remove a stack's database, whoever still holds a connection to it."""
    name = urlsplit(url).path.lstrip("/")
    server = urlsplit(url)._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
