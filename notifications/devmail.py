"""Mail kept in VAR_DIR/mail, one file a message, for the page /dev/mail/.

For a site without a mail server. Any process may write and read at any time: a message appears
whole or not at all, and names sort by time.
"""

import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

FILES_MAX: Final = 1_000
SUFFIX: Final = ".eml"
# Twenty digits of nanoseconds since 1970, then what tells two of the same nanosecond apart.
_NAMES: Final = f"{'[0-9]' * 20}-*{SUFFIX}"


class EmailBackend(BaseEmailBackend):
    """Keep each message as a file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages; return how many. Raises OSError where the disk refuses."""
        kept = 0
        for message in email_messages:
            if not message.recipients():
                continue
            try:
                keep(message.message().as_bytes())
            except OSError:
                if not self.fail_silently:
                    raise
            else:
                kept += 1
        return kept


def keep(content: bytes) -> str:
    """Write one message, drop the oldest beyond FILES_MAX, and return the message's name."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    part = folder / f"{name}.part"
    part.write_bytes(content)
    part.replace(folder / f"{name}{SUFFIX}")
    for path in newest_paths()[FILES_MAX:]:
        # Another process may have dropped it already.
        path.unlink(missing_ok=True)
    return name


def newest_paths() -> list[Path]:
    """Return the files of all messages, newest first; none while there is no folder."""
    return sorted(_folder().glob(_NAMES), reverse=True)


def path_of(name: str) -> Path:
    """Return where the message of that name is kept, or would be."""
    return _folder() / f"{name}{SUFFIX}"


def _folder() -> Path:
    return Path(settings.DEV_MAIL_DIR)
