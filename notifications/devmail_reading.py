"""Reads of the mail kept for /dev/mail/."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from itertools import islice
from pathlib import Path
from typing import Final

from notifications.devmail import newest_paths, path_of

LIST_MAX: Final = 200
_NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a list of mail shows of one message."""

    name: str
    to: str
    sender: str
    subject: str
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message whole: its heading and its parts, "" where it has none of that kind."""

    heading: Heading
    text: str
    html: str


def list_headings(*, to: str = "") -> list[Heading]:
    """Return the newest messages, newest first, at most LIST_MAX.

    With `to` only those whose recipients contain it, whatever its case.
    """
    headings = (_read_heading(path) for path in newest_paths())
    wanted = to.strip().lower()
    found = (item for item in headings if item is not None and wanted in item.to.lower())
    return list(islice(found, LIST_MAX))


def read_letter(name: str) -> Letter | None:
    """Return the message of that name; None where it is gone or never was."""
    path = path_of(name)
    try:
        content = path.read_bytes()
    except OSError:
        return None
    message = BytesParser(policy=policy.default).parsebytes(content)
    return Letter(
        heading=_heading(path, message),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _read_heading(path: Path) -> Heading | None:
    try:
        with path.open("rb") as file:
            message = BytesHeaderParser(policy=policy.default).parse(file)
    except FileNotFoundError:
        return None  # dropped by a process that keeps new mail
    return _heading(path, message)


def _heading(path: Path, message: EmailMessage) -> Heading:
    kept_s = int(path.name.partition("-")[0]) // _NS_PER_S
    return Heading(
        name=path.stem,
        to=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        kept_at=datetime.fromtimestamp(kept_s, tz=UTC),
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    return str(body.get_content()) if body is not None else ""
