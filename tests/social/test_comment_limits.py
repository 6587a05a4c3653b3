"""How often comments may be written and edited, also by many at once."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.errors import Code, Problem
from social.comments.models import Comment, CommentRevision
from social.comments.services import delete_comment, edit_comment, post_comment
from tests.factories import make_market, make_user
from tests.social.challenges.scenes import heard_notices
from tests.social.test_comments import long_ago, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_badges")]


@pytest.fixture
def market():
    return make_market(title="Rain?")


@pytest.fixture
def alice():
    return make_user("alice")


def test_who_writes_too_much_waits(market, alice):
    for number in range(5):
        post_comment(author=alice, market=market, body=f"{number}")

    with pytest.raises(Problem) as refused:
        post_comment(author=alice, market=market, body="6")

    assert refused.value.code == Code.TOO_MANY_COMMENTS
    assert 1 <= refused.value.retry_after_s <= 60
    post_comment(author=make_user("bob"), market=market, body="mine")
    Comment.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    post_comment(author=alice, market=market, body="6")


def test_day_has_its_limit_too(market, alice):
    at = timezone.now() - timedelta(hours=2)
    Comment.objects.bulk_create(
        Comment(market=market, author=alice, body=f"{number}", created_at=at)
        for number in range(100)
    )

    with pytest.raises(Problem) as refused:
        post_comment(author=alice, market=market, body="101")

    assert 21 * 3_600 < refused.value.retry_after_s <= 22 * 3_600


def test_edits_count_as_what_is_written(market, alice):
    comment = post_comment(author=alice, market=market, body="0")
    members = [make_user(f"member{number}") for number in range(5)]
    with heard_notices() as told:
        for member in members[:4]:
            edit_comment(editor=alice, comment=comment, body=f"@{member.handle}")

    with pytest.raises(Problem) as refused:
        edit_comment(editor=alice, comment=comment, body=f"@{members[4].handle}")

    assert refused.value.code == Code.TOO_MANY_COMMENTS
    assert 1 <= refused.value.retry_after_s <= 60
    assert refusal(post_comment, author=alice, market=market, body="x") == Code.TOO_MANY_COMMENTS
    assert CommentRevision.objects.count() == len(told) == 4
    comment.refresh_from_db()
    assert edit_comment(editor=alice, comment=comment, body=comment.body)  # changes nothing
    CommentRevision.objects.update(replaced_at=timezone.now() - timedelta(seconds=61))
    edit_comment(editor=alice, comment=comment, body="later")


def test_deleting_counts_as_no_writing_and_is_always_possible(market, alice):
    comments = [post_comment(author=alice, market=market, body=f"{n}") for n in range(5)]
    long_ago(*comments)
    for comment in comments:
        delete_comment(author=alice, comment=comment)

    assert post_comment(author=alice, market=market, body="anew")


@pytest.mark.django_db(transaction=True)
def test_limit_holds_for_many_at_once():
    market, alice = make_market(), make_user("alice")
    refused = []

    def write(number):
        try:
            post_comment(author=alice, market=market, body=f"{number}")
        except Problem as problem:
            refused.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Comment.objects.count() == 5
    assert refused == [Code.TOO_MANY_COMMENTS] * 5


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
@pytest.mark.django_db(transaction=True)
def test_two_who_mention_each_other_at_once_do_not_wait_for_each_other():
    market, alice, bob = make_market(), make_user("alice"), make_user("bob")
    both_hold = threading.Barrier(2)
    failed = []

    def write(author, body):
        try:
            with transaction.atomic():
                post_comment(author=author, market=market, body=body)
                both_hold.wait(timeout=10)
        except (DatabaseError, threading.BrokenBarrierError) as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=write, args=arguments)
        for arguments in ((alice, "Hi @bob"), (bob, "Hi @alice"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert Comment.objects.count() == 2
