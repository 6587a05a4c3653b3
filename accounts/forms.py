"""allauth's forms in the site's words: labels above, help below, no placeholders."""

from typing import Any

from allauth.account import forms as allauth_forms
from django.contrib.auth.hashers import make_password
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from accounts.adapter import EMAIL_LENGTH_MAX
from accounts.models import User

PASSWORD_HELP = "At least 8 characters; not a common password, not only digits."  # noqa: S105 -- a help text
_LABELS = {
    "email": "E-mail address",
    "login": "E-mail address",
    "username": "Handle",
    "oldpassword": "Current password",
    "password2": "New password again",
}
_HELP = {"password": "", "oldpassword": ""}


def _is_of_length(check: object) -> bool:
    return isinstance(check, MinLengthValidator | MaxLengthValidator)


class _PlainFields(BaseForm):
    """Says what each field is in a label that stays, not in a placeholder that goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = _LABELS.get(name, field.label)
            field.help_text = _HELP.get(name, field.help_text)
            if field.widget.attrs.get("autocomplete") == "new-password":
                field.help_text = PASSWORD_HELP if name == "password1" else ""
                field.label = str(field.label).capitalize()
            if name in {"email", "login"}:
                field.widget.attrs["maxlength"] = str(EMAIL_LENGTH_MAX)


class LoginForm(_PlainFields, allauth_forms.LoginForm):  # type: ignore[misc]
    """By e-mail address and password."""


class SignupForm(_PlainFields, allauth_forms.SignupForm):  # type: ignore[misc]
    """A handle that everybody sees, an address that nobody sees, a password."""

    # The address next to the password: a password manager keeps it as the name to log in by.
    field_order = ("username", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        handle = self.fields["username"]
        # accounts.validators says in one sentence what is wrong, whatever it is.
        handle.validators = [check for check in handle.validators if not _is_of_length(check)]
        handle.help_text = User._meta.get_field("handle").help_text  # noqa: SLF001 -- Django's public way
        handle.widget.attrs |= {
            "autocomplete": "nickname",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["email"].help_text = "We send a link there to confirm it. Nobody else sees it."

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Save, or tell an address that has an account; both take as long as a hash."""
        if self.account_already_exists:
            # Else the answer would come sooner, and tell who is a member.
            make_password(self.cleaned_data["password1"])
        saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return saved

    def save(self, request: HttpRequest) -> User:
        """Save the user and the address together. IntegrityError: somebody was faster."""
        with transaction.atomic():
            user: User = super().save(request)
        return user


class AddEmailForm(_PlainFields, allauth_forms.AddEmailForm):  # type: ignore[misc]
    """The address to change to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New e-mail address"


class ChangePasswordForm(_PlainFields, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password and twice the new one."""


class SetPasswordForm(_PlainFields, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password."""


class ResetPasswordForm(_PlainFields, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link."""


class ResetPasswordKeyForm(_PlainFields, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """Twice the new password."""


class ReauthenticateForm(_PlainFields, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class RequestLoginCodeForm(_PlainFields, allauth_forms.RequestLoginCodeForm):  # type: ignore[misc]
    """Where to send the code."""
