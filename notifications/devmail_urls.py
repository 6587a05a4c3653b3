"""Addresses of the mailbox page, under /dev/mail/."""

from django.urls import path, register_converter

from notifications import devmail_views


class LetterNameConverter:
    """A name as notifications.devmail gives it, so that no other file can be asked for."""

    regex = r"\d{20}-[0-9a-f]{8}"

    def to_python(self, value: str) -> str:
        """Return the name as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return the name as it stands."""
        return value


register_converter(LetterNameConverter, "letter")

app_name = "devmail"
urlpatterns = [
    path("", devmail_views.show_list, name="list"),
    path("<letter:name>/", devmail_views.show_letter, name="letter"),
    path("<letter:name>/html/", devmail_views.show_html, name="html"),
]
