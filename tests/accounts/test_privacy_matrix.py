"""Who sees what of a member, through every channel: one answer everywhere, and no leak."""

import pytest

from accounts.models import Audience
from accounts.visibility import Kind
from tests.accounts.privacy import CHANNELS, MARKERS, VIEWERS, World

pytestmark = pytest.mark.django_db
SEEN_BY = {
    Audience.PUBLIC: set(VIEWERS),
    Audience.FOLLOWERS: {"follower", "owner"},
    Audience.NOBODY: {"owner"},
}


def shown(channel, browser):
    """The kinds that a channel shows a browser."""
    text = CHANNELS[channel].look(browser)
    return {kind for kind, marks in MARKERS.items() if any(mark in text for mark in marks)}


def verdict(channel, seen, allowed):
    """What is wrong with what a channel shows, given what the member lets be seen."""
    leaks = seen - allowed
    lacks = (allowed & channel.kinds) - seen if channel.is_complete else set()
    strange = seen - channel.kinds
    return [
        (f"{one} {kind}")
        for one, kinds in (("leaks", leaks), ("lacks", lacks), ("not said to show", strange))
        for kind in kinds
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for name, channel in CHANNELS.items() for kind in sorted(channel.kinds)],
)
def test_channel_shows_each_viewer_what_the_member_lets_them_see(name, kind):
    world = World()
    browsers = {viewer: world.browser(viewer) for viewer in VIEWERS}
    wrong = {}
    for audience in Audience:
        others = world.keep(kind, audience)
        for viewer, browser in browsers.items():
            allowed = {kind} if viewer in SEEN_BY[audience] else set()
            allowed |= set(Kind) - {kind} if viewer in SEEN_BY[others] else set()
            found = verdict(CHANNELS[name], shown(name, browser), allowed)
            if found:
                wrong[audience.value, viewer] = found
    assert wrong == {}


def test_matrix_has_every_kind_in_several_channels():
    for kind in Kind:
        complete = [one for one in CHANNELS.values() if kind in one.kinds and one.is_complete]
        assert len(complete) >= 3


def test_markers_are_each_of_one_kind():
    marks = [mark for kind in MARKERS.values() for mark in kind]
    assert len(marks) == len(set(marks))
