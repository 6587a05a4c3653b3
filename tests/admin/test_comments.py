"""Moderation of comments in the admin."""

import pytest
from django.urls import reverse

from social.comments.models import Comment, CommentReport, ReportReason
from social.comments.reporting import report_comment
from social.comments.services import edit_comment, post_comment
from tests.factories import make_market, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:social_comment_changelist"


@pytest.fixture
def comment():
    author = make_user("author")
    comment = post_comment(author=author, market=make_market(), body="First words")
    edit_comment(editor=author, comment=comment, body="Other words")
    report_comment(reporter=make_user("reporter"), comment=comment, reason=ReportReason.SPAM)
    return comment


def act(client, action, *comments):
    ids = [comment.pk for comment in comments]
    return client.post(reverse(LIST), {"action": action, "_selected_action": ids}, follow=True)


def test_reported_comment_is_found_with_its_history_and_reports(client, operator, comment):
    post_comment(author=make_user(), market=comment.market, body="Fine")

    waiting = client.get(reverse(LIST), {"reports": "waiting"})
    assert list(waiting.context["cl"].result_list) == [comment]

    page = client.get(reverse("admin:social_comment_change", args=[comment.pk])).content.decode()
    for text in ("First words", "Other words", "reporter", "spam or advertising"):
        assert text in page
    assert client.get(reverse("admin:social_commentreport_changelist")).status_code == 200


def test_comment_is_hidden_with_its_reports_resolved_and_shown_again(client, operator, comment):
    assert "1 comments are hidden" in act(client, "hide", comment).content.decode()
    comment.refresh_from_db()
    assert not comment.is_shown
    assert CommentReport.objects.get().resolved_by == operator

    act(client, "show_again", comment)
    comment.refresh_from_db()
    assert comment.is_shown


def test_reports_are_resolved_and_the_comment_stays(client, operator, comment):
    act(client, "resolve", comment)

    comment.refresh_from_db()
    assert comment.is_shown
    assert CommentReport.objects.get().resolved_at is not None
    assert not client.get(reverse(LIST), {"reports": "waiting"}).context["cl"].result_list


@pytest.mark.parametrize("action", ["hide", "show_again", "resolve", "delete_selected"])
def test_who_may_only_look_moderates_nothing(client, viewer, comment, action):
    act(client, action, comment)

    assert Comment.objects.get().is_shown
    assert CommentReport.objects.get().resolved_at is None
