"""Writing comments and what follows from it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Audience, User
from core.errors import Code, Problem
from core.notices import noticed
from notifications.models import Notification
from notifications.selectors import list_notifications
from notifications.sending import send_due_mail
from social.activities.models import Activity
from social.comments.models import Comment, CommentReport, CommentRevision, ReportReason
from social.comments.reporting import report_comment, resolve_reports
from social.comments.selectors import (
    REPLIES_SHOWN,
    CommentOrder,
    count_comments,
    list_threads,
    order_threads,
    positions_of,
)
from social.comments.services import (
    BODY_MAX,
    delete_comment,
    edit_comment,
    post_comment,
    set_hidden,
)
from tests.factories import first_contract, make_market, make_member, make_position, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_badges")]


@pytest.fixture
def notices():
    heard = []

    def listen(notices, **_):
        heard.extend((notice.user_id, notice.kind) for notice in notices)

    noticed.connect(listen)
    yield heard
    noticed.disconnect(listen)


@pytest.fixture
def market():
    return make_market(title="Rain?")


@pytest.fixture
def alice():
    return make_user("alice")


@pytest.fixture
def bob():
    return make_user("bob")


def long_ago(*comments):
    """Write comments as if yesterday, so that the limits forget them."""
    ids = [comment.pk for comment in comments]
    Comment.objects.filter(pk__in=ids).update(created_at=timezone.now() - timedelta(days=2))


def refusal(call, **arguments):
    with pytest.raises(Problem) as refused:
        call(**arguments)
    return refused.value.code


def test_comment_is_written_and_is_an_activity(market, alice):
    comment = post_comment(author=alice, market=market, body="  I **think** so.\r\n")

    assert comment.body == "I **think** so."
    activity = Activity.objects.get()
    assert (activity.verb, activity.actor, activity.market) == ("commented", alice, market)
    assert activity.data == {
        "excerpt": "I think so.",
        "url": f"/comments/{comment.pk}/#comment-{comment.pk}",
    }


@pytest.mark.parametrize("body", ["", "  \n ", "x" * (BODY_MAX + 1), "a\0b"])
def test_comment_of_nothing_or_too_much_is_refused(market, alice, body):
    assert refusal(post_comment, author=alice, market=market, body=body) == Code.INVALID
    assert not Comment.objects.exists()


def test_reply_to_a_reply_belongs_to_the_thread_and_tells_its_author(market, alice, bob, notices):
    carol = make_user("carol")
    root = post_comment(author=alice, market=market, body="One")
    reply = post_comment(author=bob, market=market, body="Two", parent=root)
    second = post_comment(author=carol, market=market, body="Three", parent=reply)

    assert (reply.parent, second.parent) == (root, root)
    assert notices == [(alice.pk, "reply"), (bob.pk, "reply")]


def test_each_is_told_once_and_nobody_of_themselves(market, alice, bob, notices):
    root = post_comment(author=alice, market=market, body="Me: @alice")
    post_comment(author=bob, market=market, body="@alice @ALICE @bob @nobody", parent=root)
    post_comment(author=bob, market=market, body="Hello @Alice")

    assert notices == [(alice.pk, "reply"), (alice.pk, "mention")]


def test_edit_keeps_what_it_said_and_tells_only_who_is_new(market, alice, bob, notices):
    carol = make_user("carol")
    comment = post_comment(author=alice, market=market, body="Hi @bob")
    notices.clear()

    edited = edit_comment(editor=alice, comment=comment, body="Hi @bob and @carol")

    assert edited.edited_at is not None
    assert list(CommentRevision.objects.values_list("comment", "body")) == [(comment.pk, "Hi @bob")]
    assert notices == [(carol.pk, "mention")]
    assert Activity.objects.get().data["excerpt"] == "Hi @bob and @carol"


def test_edit_that_changes_nothing_leaves_no_trace(market, alice):
    comment = post_comment(author=alice, market=market, body="Same")

    assert edit_comment(editor=alice, comment=comment, body=" Same ").edited_at is None
    assert not CommentRevision.objects.exists()


def test_deleted_comment_says_nothing_and_is_no_activity(market, alice):
    comment = post_comment(author=alice, market=market, body="Oops @alice")

    delete_comment(author=alice, comment=comment)

    comment.refresh_from_db()
    assert (comment.body, comment.is_shown) == ("", False)
    assert CommentRevision.objects.get().body == "Oops @alice"
    assert not Activity.objects.exists()
    assert refusal(delete_comment, author=alice, comment=comment) == Code.COMMENT_GONE
    assert refusal(edit_comment, editor=alice, comment=comment, body="x") == Code.COMMENT_GONE


def test_comment_of_another_is_not_touched(market, alice, bob):
    comment = post_comment(author=alice, market=market, body="Mine")

    assert refusal(edit_comment, editor=bob, comment=comment, body="x") == Code.COMMENT_NOT_YOURS
    assert refusal(delete_comment, author=bob, comment=comment) == Code.COMMENT_NOT_YOURS


def test_reply_to_what_is_gone_is_refused(market, alice, bob):
    comment = post_comment(author=alice, market=market, body="One")
    set_hidden(comments=[comment], is_hidden=True)
    comment.refresh_from_db()

    code = refusal(post_comment, author=bob, market=market, body="Two", parent=comment)

    assert code == Code.COMMENT_GONE


def test_hidden_comment_is_shown_again_with_its_activity(market, alice):
    comment = post_comment(author=alice, market=market, body="Fine")
    activity = Activity.objects.values("key", "created_at", "data").get()

    assert set_hidden(comments=[comment], is_hidden=True) == 1
    assert set_hidden(comments=[comment], is_hidden=True) == 0
    assert not Activity.objects.exists()
    assert set_hidden(comments=[comment], is_hidden=False) == 1

    again = Activity.objects.values("key", "created_at", "data").get()
    assert again["key"] == activity["key"]
    assert again["data"] == activity["data"]
    comment.refresh_from_db()
    assert comment.is_shown


@pytest.mark.parametrize("is_hidden", [True, False])
def test_what_is_gone_is_in_no_bell_and_no_mail_to_come(market, alice, bob, is_hidden):
    kept = post_comment(author=alice, market=market, body="Hello @bob")
    comment = post_comment(author=alice, market=market, body="Vile words, @bob")
    assert Notification.objects.filter(user=bob, mail__isnull=False).count() == 2

    if is_hidden:
        set_hidden(comments=[comment], is_hidden=True)
    else:
        delete_comment(author=alice, comment=comment)

    assert [row.key for row in list_notifications(bob)] == [f"comment:{kept.pk}"]
    assert send_due_mail() == 1
    [sent] = mail.outbox
    assert "Hello @bob" in sent.body
    assert "Vile" not in sent.body


def test_mail_of_nothing_but_what_is_gone_does_not_go_out(market, alice, bob):
    comment = post_comment(author=alice, market=market, body="Vile words, @bob")
    set_hidden(comments=[comment], is_hidden=True)
    assert (send_due_mail(), mail.outbox) == (0, [])


def test_deleted_comment_cannot_be_shown_again(market, alice):
    comment = post_comment(author=alice, market=market, body="Gone")
    delete_comment(author=alice, comment=comment)

    assert set_hidden(comments=[comment], is_hidden=True) == 0
    assert set_hidden(comments=[comment], is_hidden=False) == 0


def test_report_is_made_once_and_resolved(market, alice, bob):
    comment = post_comment(author=alice, market=market, body="Buy my things")
    moderator = make_user("moderator")

    assert report_comment(reporter=bob, comment=comment, reason=ReportReason.SPAM, text=" Look ")
    assert not report_comment(reporter=bob, comment=comment, reason=ReportReason.ABUSE)
    assert resolve_reports(moderator=moderator, comments=[comment]) == 1
    assert resolve_reports(moderator=moderator, comments=[comment]) == 0

    report = CommentReport.objects.get()
    assert (report.reason, report.text, report.resolved_by) == ("spam", "Look", moderator)


def test_report_of_what_is_gone_is_refused(market, alice, bob):
    comment = post_comment(author=alice, market=market, body="x")
    delete_comment(author=alice, comment=comment)
    comment.refresh_from_db()

    code = refusal(report_comment, reporter=bob, comment=comment, reason=ReportReason.SPAM)

    assert code == Code.COMMENT_GONE


def test_threads_are_newest_first_and_keep_the_place_of_what_is_gone(market, alice, bob):
    first = post_comment(author=alice, market=market, body="First")
    reply = post_comment(author=bob, market=market, body="Reply", parent=first)
    gone = post_comment(author=alice, market=market, body="Gone")
    last = post_comment(author=bob, market=market, body="Last")
    hidden = post_comment(author=bob, market=market, body="Hidden", parent=last)
    delete_comment(author=alice, comment=first)
    delete_comment(author=alice, comment=gone)
    set_hidden(comments=[hidden], is_hidden=True)

    threads = list(list_threads(market))

    assert threads == [last, first]
    assert [thread.replies_shown for thread in threads] == [[], [reply]]
    assert count_comments(market) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_threads_take_the_same_queries_however_many(
    market, alice, bob, django_assert_num_queries, count
):
    for _ in range(count):
        root = post_comment(author=alice, market=market, body="Hi @bob")
        reply = post_comment(author=bob, market=market, body="Hi @alice", parent=root)
        long_ago(root, reply)

    with django_assert_num_queries(4):
        assert len(list(list_threads(market))) == count


def test_thread_shows_its_first_replies_and_that_there_are_more(market, alice):
    root = post_comment(author=alice, market=market, body="Root")
    Comment.objects.bulk_create(
        Comment(market=market, author=alice, parent=root, body=f"{number}")
        for number in range(REPLIES_SHOWN + 5)
    )

    (thread,) = list_threads(market)

    shown = [reply.body for reply in thread.replies_shown]
    assert shown == [f"{number}" for number in range(REPLIES_SHOWN + 1)]


@pytest.mark.parametrize(("quantity", "words"), [(10, "10 Yes"), (-4, "4 No"), (0, None)])
def test_position_of_an_author_is_said(market, quantity, words):
    alice = make_member("alice")
    make_position(alice.account, first_contract(market), quantity=quantity, cash_ticks=0)
    comment = post_comment(author=alice, market=market, body="x")

    assert positions_of(market, [comment], None).get(alice.pk) == words


def test_position_is_not_said_where_it_is_not_shown(market):
    alice = make_member("alice")
    make_position(alice.account, first_contract(market), quantity=10, cash_ticks=0)
    comment = post_comment(author=alice, market=market, body="x")
    User.objects.filter(pk=alice.pk).update(positions_audience=Audience.NOBODY)

    assert positions_of(market, [comment], None) == {}
    assert positions_of(market, [comment], alice) == {alice.pk: "10 Yes"}


def best(market):
    threads = order_threads(list_threads(market), CommentOrder.BEST)
    return [comment.body for comment in threads]


def test_best_are_those_that_most_others_answered(market, alice, bob):
    carol = make_user("carol")
    quiet = post_comment(author=alice, market=market, body="quiet")
    talked_about = post_comment(author=alice, market=market, body="talked about")
    alone = post_comment(author=bob, market=market, body="alone")
    for author in (bob, carol):
        post_comment(author=author, market=market, body="Yes", parent=talked_about)
    for _ in range(3):
        post_comment(author=bob, market=market, body="Me again", parent=alone)
    post_comment(author=carol, market=market, body="Hm", parent=quiet)
    assert best(market) == ["talked about", "quiet", "alone"]
    assert [one.body for one in list_threads(market)] == ["alone", "talked about", "quiet"]


def test_best_counts_no_deleted_answer_and_nobody_who_closed(market, alice, bob):
    first = post_comment(author=alice, market=market, body="first")
    post_comment(author=alice, market=market, body="second")
    answer = post_comment(author=bob, market=market, body="Yes", parent=first)
    assert best(market) == ["first", "second"]
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert best(market) == ["second", "first"]
    User.objects.filter(pk=bob.pk).update(is_active=True)
    delete_comment(author=bob, comment=answer)
    assert best(market) == ["second", "first"]
