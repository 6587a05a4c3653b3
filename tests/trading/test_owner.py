"""Which shards a step of the owner looks at."""

import pytest

from exchange.trading import inbox
from exchange.trading.models import InboxCommand
from exchange.trading.owner import BooksOwner

pytestmark = pytest.mark.django_db
TICK = {"type": "Tick", "time": 1}


@pytest.fixture
def owner():
    owner = BooksOwner([0, 1])
    list(owner.step())  # takes the shards, and looks for what is due
    return owner


def put(shard, *ids):
    inbox.put([inbox.new_row(command_id=pk, shard=shard, command=TICK) for pk in ids])


def waiting():
    return sorted(InboxCommand.objects.values_list("pk", flat=True))


def test_step_looks_at_the_shards_that_were_nudged(owner):
    put(0, 1)
    put(1, 2)
    list(owner.step({1, 7}))
    assert waiting() == [1]


def test_step_that_knows_of_no_nudges_looks_everywhere(owner):
    put(0, 1)
    put(1, 2)
    list(owner.step())
    assert waiting() == []


def test_step_goes_on_where_the_last_batch_left_something_behind(owner, settings):
    settings.BATCH_COMMANDS_MAX = 2
    put(0, 1, 2, 3)
    list(owner.step({0}))
    assert waiting() == [3]
    list(owner.step(()))
    assert waiting() == []


def test_step_finds_what_nobody_nudged_for_when_it_looks_for_what_is_due(owner):
    put(0, 1)
    list(owner.step(()))
    assert waiting() == [1]
    owner.look_for_due()
    list(owner.step(()))
    assert waiting() == []
