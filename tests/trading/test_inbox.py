"""Commands are taken in the order of their ids, with the transaction or not at all."""

import pytest
from django.db import transaction

from exchange.trading import inbox
from exchange.trading.models import InboxCommand

pytestmark = pytest.mark.django_db
TICK = {"type": "Tick", "time": 1}


def put(*ids, shard=0):
    inbox.put([inbox.new_row(command_id=pk, shard=shard, command=TICK) for pk in ids])


def taken(limit, shard=0):
    with transaction.atomic():
        return [row[0] for row in inbox.take(shard, limit)]


def test_lowest_ids_are_taken_first_whenever_they_came():
    put(5, 3)
    put(4, 9, 1)
    assert taken(3) == [1, 3, 4]
    assert taken(3) == [5, 9]
    assert taken(3) == []


def test_other_shards_commands_stay():
    put(1, 2, shard=0)
    put(3, shard=1)
    assert taken(10, shard=1) == [3]
    assert list(InboxCommand.objects.values_list("pk", flat=True).order_by("pk")) == [1, 2]


def test_taken_commands_are_back_when_the_transaction_fails():
    put(1, 2)
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 -- one statement
        inbox.take(0, 10)
        raise RuntimeError("the batch fails")
    assert taken(10) == [1, 2]


def test_shards_with_something_waiting_are_named():
    put(1, 2, shard=3)
    put(3, shard=1)
    assert inbox.waiting_shards([0, 1, 2, 3]) == [1, 3]
    assert inbox.waiting_shards([0, 2]) == []
    assert inbox.waiting_shards([]) == []
