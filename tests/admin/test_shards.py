"""The registry page: what it says of each shard, and who may move one."""

import pytest
from django.contrib.admin.models import LogEntry

from exchange.trading import inbox, lease
from exchange.trading.models import Shard
from exchange.trading.owning import registry
from exchange.trading.owning.registry import Following
from tests.trading.owning.crews import make_owner, rounds

PAGE = "/admin/trading/shard/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def four_shards(settings):
    settings.BOOK_SHARDS = 4


@pytest.fixture
def owner():
    owner = make_owner("books-1")
    rounds(owner)
    return owner


def column(client, name):
    """Return what a column of the page says, by shard."""
    page = client.get(PAGE).context["cl"]
    show = getattr(page.model_admin, name)
    return {shard.number: show(shard) for shard in page.result_list}


def act(client, action, *numbers, worker=""):
    data = {"action": action, "_selected_action": numbers, "worker": worker}
    return client.post(PAGE, data)


def test_page_says_who_owns_what_and_how_it_stands(client, operator, owner):
    inbox.put([inbox.new_row(command_id=1, shard=1, command={"type": "Tick", "time": 1})])
    lease.hand_over([2], owner=owner.name)
    lease.stop_shard(3, owner=owner.name, reason="books differ")
    assert column(client, "state") == {
        0: "trades", 1: "trades", 2: "without an owner", 3: "stopped: books differ"
    }  # fmt: skip
    assert column(client, "owned_by") == {0: "books-1", 1: "books-1", 2: "", 3: ""}
    assert column(client, "waiting") == {0: 0, 1: 1, 2: 0, 3: 0}
    assert column(client, "standby_lag") == dict.fromkeys(range(4), "no standby")
    content = client.get(PAGE).content.decode()
    assert "stopped: books differ" in content
    assert "books-1" in content


def test_page_says_how_far_a_standby_is_behind_and_whether_it_differs(client, operator, owner):
    Shard.objects.update(journal_number=10)
    states = [Following(0, 7, True, ""), Following(1, 3, False, ""), Following(2, 5, True, "gave")]
    registry.tell_following("other:1", states)
    lags = column(client, "standby_lag")
    assert lags == {0: "3 batches", 1: "no standby", 2: "no standby", 3: "no standby"}
    assert column(client, "state")[2] == "trades; its standby differs: gave"


def test_shards_are_moved_to_a_worker_that_lives_and_back(client, operator, owner):
    other = make_owner("books-2")
    rounds(owner, other, count=6)
    mine = min(owner.books)
    assert act(client, "move", mine, worker="books-2").status_code == 302
    rounds(owner, other, count=6)
    assert mine in other.books
    assert LogEntry.objects.get().change_message == "Pinned to books-2."
    act(client, "unpin", mine)
    rounds(owner, other, count=6)
    assert mine in owner.books


def test_shard_is_not_moved_to_a_worker_that_is_gone(client, operator, owner):
    act(client, "move", 0, worker="books-9")
    assert set(Shard.objects.values_list("pinned_to", flat=True)) == {""}


def test_stopped_shard_is_allowed_again(client, operator, owner):
    lease.stop_shard(3, owner=owner.name, reason="books differ")
    rounds(owner)
    act(client, "allow", 3)
    rounds(owner)
    assert 3 in owner.books


@pytest.mark.parametrize("action", ["move", "unpin", "allow"])
def test_one_who_may_only_look_moves_nothing(client, viewer, owner, action):
    lease.stop_shard(3, owner=owner.name, reason="books differ")
    Shard.objects.filter(number=2).update(pinned_to="books-9")
    before = list(Shard.objects.values("pinned_to", "stopped"))
    act(client, action, 1, 2, 3, worker="books-1")
    assert list(Shard.objects.values("pinned_to", "stopped")) == before
