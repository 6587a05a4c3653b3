"""Second factors: their secrets are encrypted with a key made from SECRET_KEY."""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

from allauth.account import forms as allauth_account_forms
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as allauth_forms
from allauth.mfa.totp import forms as allauth_totp_forms
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.forms import BaseForm


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's ways, with encrypted secrets and the site's words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": "Turn the second factor off before you change the address.",
        "incorrect_code": "This code is not right. A new one comes every 30 seconds.",
        "unverified_email": "Confirm your e-mail address first.",
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret as it was, also one kept under a key of SECRET_KEY_FALLBACKS."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_fernet(key) for key in keys])


def _fernet(secret_key: str) -> Fernet:
    digest = hashlib.sha256(b"accounts.mfa:" + secret_key.encode()).digest()
    return Fernet(urlsafe_b64encode(digest))


class _CodeField(BaseForm):
    """A code is typed on digits, under a label that stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["code"].widget
        widget.attrs.pop("placeholder", None)
        widget.attrs |= {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}


class AuthenticateForm(_CodeField, allauth_forms.AuthenticateForm):  # type: ignore[misc]
    """The code at log-in."""


class ReauthenticateForm(_CodeField, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The code once more."""


class ActivateTotpForm(_CodeField, allauth_totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator."""


class ConfirmLoginCodeForm(_CodeField, allauth_account_forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code of the mail."""
