"""Snapshots of books, by the hash of their content: for staff alone."""

import hashlib

import pytest

from exchange.engine import Engine
from exchange.trading.models import BookSnapshot
from tests.api.conftest import problem
from tests.factories import make_user

LIST = "books/0/snapshots/"


@pytest.fixture
def staff(as_user, db):
    return as_user(make_user("operator", is_staff=True))


@pytest.fixture
def snapshot(one_shard, books):
    return BookSnapshot.objects.get()


def test_content_is_found_by_its_hash_and_makes_the_engine_again(staff, snapshot, books):
    [listed] = staff.get(LIST).json()["results"]
    response = staff.get(f"{LIST}{listed['sha256']}/")
    assert response.status_code == 200
    assert hashlib.sha256(response.content).hexdigest() == listed["sha256"]
    assert response["ETag"] == f'"{listed["sha256"]}"'
    engine = Engine.restore(response.content)
    assert engine.digest() == books.owner.books[0].engine.digest()


def test_list_says_of_which_batch_each_is(staff, snapshot):
    [listed] = staff.get(LIST).json()["results"]
    assert (listed["shard"], listed["journal_number"], listed["digest"]) == ("0", 0, "0" * 64)
    assert listed["size_bytes"] > 0


def test_list_asks_the_same_number_of_questions_for_more_rows(
    staff, snapshot, django_assert_num_queries
):
    for number in (1, 3):
        BookSnapshot.objects.update_or_create(
            shard=0, journal_number=number, defaults={"size_bytes": 1, "compressed": b""}
        )
        with django_assert_num_queries(3):
            staff.get(LIST)


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "0" * 65])
def test_unknown_hash_is_not_found(staff, snapshot, sha256):
    assert problem(staff.get(f"{LIST}{sha256}/")) == (404, "not_found")


def test_hash_of_another_shard_is_not_found(staff, snapshot):
    path = f"books/1/snapshots/{snapshot.sha256}/"
    assert problem(staff.get(path)) == (404, "not_found")


def test_damaged_content_is_never_sent(staff, snapshot):
    staff.http.raise_request_exception = False
    BookSnapshot.objects.update(compressed=b"torn")
    assert staff.get(f"{LIST}{snapshot.sha256}/").status_code == 500


def test_members_and_strangers_get_neither(anonymous, charlie, snapshot):
    for path in (LIST, f"{LIST}{snapshot.sha256}/"):
        assert problem(anonymous.get(path)) == (401, "not_authenticated")
        assert problem(charlie.get(path)) == (403, "permission_denied")


def test_nothing_is_written_here(staff, snapshot):
    for path in (LIST, f"{LIST}{snapshot.sha256}/"):
        assert problem(staff.post(path, {})) == (405, "method_not_allowed")
