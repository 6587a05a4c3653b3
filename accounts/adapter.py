"""What allauth asks the site: where links lead, how mail goes out, what confirming does."""

import smtplib
from typing import Any, Final

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.closed_addresses import had_account
from accounts.models import User
from accounts.services import is_handle_free
from core.db import run_after_commit
from core.formatting import format_credits

log = structlog.get_logger(__name__)

EMAIL_LENGTH_MAX: Final = 254
_NO_CREDITS_AGAIN: Final = (
    "This address has belonged to a member before, so there are no new credits: "
    "each address gets them once."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's ways, with the site's own links, words and mail."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed.",
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "same_as_current": "This is your address already.",
        "duplicate_email": "This is your address already.",
        "too_many_login_attempts": "Too many failed attempts. Wait five minutes, then try again.",
        "username_taken": "This handle is taken.",
    }

    def clean_email(self, email: str) -> str:
        """Refuse what no column could hold: a form's own limit is higher than the model's."""
        if len(email) > EMAIL_LENGTH_MAX:
            message = f"Use an address of at most {EMAIL_LENGTH_MAX} characters."
            raise ValidationError(message, code="max_length")
        return email

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: FBT001, FBT002 -- allauth's signature
        """Refuse a handle that somebody left, too: links to it lead to them."""
        handle = str(super().clean_username(username, shallow))
        if not shallow and not is_handle_free(handle):
            raise self.validation_error("username_taken")
        return handle

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Mark an address as confirmed together with all that follows from it, or not at all.

        The first one opens the member's account (exchange.ledger.receivers). Returns False, with
        a message to the reader, where another account has the address.
        """
        user = email_address.user
        is_first = not EmailAddress.objects.filter(user=user, verified=True).exists()
        if _is_of_another(user, email_address.email):
            template = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, template, {"email": email_address.email})
            return False
        with transaction.atomic():
            confirmed = bool(super().confirm_email(request, email_address))
        if confirmed:
            self._greet(request, email_address, is_first=is_first)
        return confirmed

    def _greet(self, request: HttpRequest, email_address: EmailAddress, *, is_first: bool) -> None:
        is_back = is_first and had_account(email_address.user)
        context = {
            "handle": email_address.user.handle,
            "email": email_address.email,
            "credits": format_credits(0 if is_back else settings.SIGN_UP_CREDITS_TICKS),
        }
        template = "welcome" if is_first else "address_confirmed"
        self.add_message(request, messages.SUCCESS, f"account/messages/{template}.txt", context)
        if is_back:
            messages.info(request, _NO_CREDITS_AGAIN)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Return the link of the confirmation mail, on SITE_URL whatever Host was asked for."""
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        return f"{settings.SITE_URL}{path}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of the reset mail, on SITE_URL whatever Host was asked for."""
        path = reverse("account_reset_password_from_key", args=key.split("-", 1))
        return f"{settings.SITE_URL}{path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail after the current transaction; a mail server away is no error page."""
        site = {"email": email, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
        headers = {"Auto-Submitted": "auto-generated"}
        message = self.render_mail(template_prefix, email, {**site, **context}, headers)
        run_after_commit(self._deliver, message)

    def _deliver(self, message: EmailMessage) -> None:
        try:
            message.send()
        except (OSError, smtplib.SMTPException) as error:
            log.exception("account_mail_failed", error=type(error).__name__)
            if self.request is not None:
                messages.error(self.request, _MAIL_FAILED)


_MAIL_FAILED: Final = "The mail could not be sent just now. Please try again in a few minutes."


def _is_of_another(user: User, email: str) -> bool:
    """Whether another user logs in by this address, confirmed or not."""
    return User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists()
