import pytest
from django.contrib.auth.models import Permission

from tests.factories import make_user


@pytest.fixture
def operator(client, db):
    """A superuser who is logged in with `client`."""
    user = make_user("operator", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def viewer(client, db):
    """Staff who may look at everything and change nothing, logged in with `client`."""
    user = make_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return user
