"""Two members, a market whose book is open, and a stranger."""

import pytest

from tests.factories import first_contract, make_market, make_member
from tests.social.challenges.scenes import heard_notices


@pytest.fixture
def alice(db):
    return make_member("alice", balance_credits=100)


@pytest.fixture
def bob(db):
    return make_member("bob", balance_credits=100)


@pytest.fixture
def charlie(db):
    return make_member("charlie", balance_credits=100)


@pytest.fixture
def market(books):
    return books.open(make_market(title="Will it rain?", status="draft"))


@pytest.fixture
def contract(market):
    return first_contract(market)


@pytest.fixture
def notices():
    """What members are told of challenges, as it is told."""
    with heard_notices(kind="challenge") as heard:
        yield heard
