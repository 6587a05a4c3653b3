"""Logging in by a code that a member confirms."""

import threading

import pytest
from likely_client import Client, DeviceCode, InvalidRequestError

pytestmark = pytest.mark.process
DECIDE = """
from accounts.devices.services import decide, find_waiting
from accounts.models import User
ann = User.objects.get(handle="ann")
assert decide(grant_id=find_waiting("{yes}").pk, user=ann, is_allowed=True)
assert decide(grant_id=find_waiting("{no}").pk, user=ann, is_allowed=False)
"""


class Waiting:
    """A program that waits in a thread for a member to decide."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.code: DeviceCode | None = None
        self.outcome: str | InvalidRequestError | None = None
        self.shown = threading.Event()
        self.thread = threading.Thread(target=self._log_in)
        self.thread.start()
        assert self.shown.wait(10)

    def _show(self, code: DeviceCode) -> None:
        self.code = code
        self.shown.set()

    def _log_in(self) -> None:
        try:
            self.outcome = self.client.log_in(self._show, name="a bot of tests")
        except InvalidRequestError as error:
            self.outcome = error


def test_key_is_given_once_a_member_confirms_and_not_when_they_refuse(site, client_of, keys):
    let_in, refused = (Waiting(client_of(None)) for _ in range(2))
    assert let_in.code.verification_uri.startswith(site.url)
    assert let_in.code.user_code in let_in.code.verification_uri_complete
    codes = {"yes": let_in.code.user_code, "no": refused.code.user_code}
    site.manage("shell", "-c", DECIDE.format(**codes))
    for one in (let_in, refused):
        one.thread.join(30)
    assert refused.outcome.code == "access_denied"
    with Client(site.url, key=let_in.outcome) as member:
        assert member.balance().available > 0
