"""Notices reach whoever listens, in the giver's transaction."""

from django.dispatch import Signal

from core import notices
from core.notices import Notice, give_notices


def test_notices_reach_the_listener(monkeypatch):
    noticed = Signal()  # without the site's own listeners, who write them down
    monkeypatch.setattr(notices, "noticed", noticed)
    heard = []

    def listen(notices, **_):
        heard.extend(notices)

    notice = Notice(user_id=7, kind="mention", key="comment:1", url="/markets/rain/#c1")
    noticed.connect(listen)
    give_notices([notice])
    give_notices([])
    assert heard == [notice]
