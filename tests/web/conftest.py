"""Who looks at the pages."""

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import make_member
from tests.notifications.conftest import sink

__all__ = ["sink"]


@pytest.fixture
def member(db: None) -> User:
    """Somebody with a confirmed address and 1,000 credits."""
    return make_member("alice")


@pytest.fixture
def trader(member: User) -> Client:
    """The member's browser."""
    client = Client()
    client.force_login(member)
    return client
