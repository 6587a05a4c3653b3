"""What is said at every start."""

import pytest
from django.core.checks import run_checks


def warnings():
    return [message.id for message in run_checks() if message.id.startswith("accounts.")]


@pytest.mark.parametrize(
    ("dev_mail", "site_url", "said"),
    [
        (True, "http://localhost:8000", []),
        (True, "http://127.0.0.1:8000", []),
        (True, "http://[::1]:8000", []),
        (True, "https://likely.example", ["accounts.W001"]),
        (True, "http://localhost.example", ["accounts.W001"]),
        (False, "https://likely.example", []),
    ],
)
def test_mailbox_for_everybody_is_warned_of_on_a_public_site(settings, dev_mail, site_url, said):
    settings.DEV_MAIL, settings.SITE_URL = dev_mail, site_url
    assert warnings() == said
