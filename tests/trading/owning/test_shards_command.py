"""manage.py shards: the registry on the command line, and moving books by hand."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from exchange.trading import lease
from exchange.trading.models import Shard
from tests.trading.owning.crews import make_owner, rounds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def four_shards(settings):
    settings.BOOK_SHARDS = 4
    settings.LEASE_TTL_MS = 60_000  # however slowly the test runs


@pytest.fixture
def owner():
    owner = make_owner("books-1")
    rounds(owner)
    return owner


def printed(*arguments):
    """Return what the command says of each shard, by its number."""
    out = StringIO()
    call_command("shards", *arguments, stdout=out)
    heads, *lines = out.getvalue().splitlines()
    assert heads.split()[0] == "shard"
    return {int(line.split()[0]): line for line in lines}


def test_shards_says_who_owns_what(owner):
    lease.hand_over([2], owner=owner.name)
    lease.stop_shard(3, owner=owner.name, reason="books differ")

    lines = printed()

    assert list(lines) == [0, 1, 2, 3]
    assert re.fullmatch(r" +0  books-1 +1 +\d+ ms +0 +0  no standby +trades", lines[0])
    assert lines[2].endswith("without an owner")
    assert lines[3].endswith("stopped: books differ")


def test_shards_moves_to_a_worker_that_lives_and_back(owner):
    other = make_owner("books-2")
    rounds(owner, other)

    printed("--move", "0", "1", "--to", "books-2")
    rounds(owner, other, count=8)  # shards move one at a time
    assert {0, 1} <= other.books.keys()
    assert list(Shard.objects.filter(pinned_to="books-2").values_list("number", flat=True)) == [
        0,
        1,
    ]

    lines = printed("--unpin", "0", "1")
    assert "books-2" not in lines[0].split("no standby")[1]
    assert not Shard.objects.exclude(pinned_to="").exists()


def test_shards_has_a_stopped_one_checked_again(owner):
    lease.stop_shard(3, owner=owner.name, reason="books differ")
    printed("--allow", "3")
    assert Shard.objects.get(number=3).stopped == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--move", "0"], "--to names a worker that lives: books-1."),
        (["--move", "0", "--to", "books-9"], "--to names a worker that lives: books-1."),
        (["--move", "9", "--to", "books-1"], "There is no shard 9; there are [0, 1, 2, 3]."),
        (["--unpin", "9"], "There is no shard 9"),
        (["--move", "0", "--unpin", "1"], "not allowed with"),
        (["--move", "x", "--to", "books-1"], "invalid int value"),
    ],
)
def test_shards_refuses_what_is_not_there(owner, arguments, said):
    with pytest.raises(CommandError, match=re.escape(said)):
        call_command("shards", *arguments)
    assert not Shard.objects.exclude(pinned_to="").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_shards_takes_a_fixed_number_of_queries(owner, django_assert_num_queries, count):
    Shard.objects.filter(number__gte=count).delete()
    with django_assert_num_queries(2):
        printed()
