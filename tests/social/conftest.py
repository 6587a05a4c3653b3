"""What the tests of social acts share."""

import pytest

from social.activities.services import recorded
from social.badges.following import follow_activities


@pytest.fixture
def without_badges():
    """Nobody earns a badge meanwhile: activities and notices are those of the acts alone."""
    recorded.disconnect(dispatch_uid="badges")
    yield
    recorded.connect(follow_activities, dispatch_uid="badges")
