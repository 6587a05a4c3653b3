"""GET and POST markets/{slug}/comments/; GET, PATCH, DELETE comments/{id}/; POST its report/."""

import pytest

from social.comments.models import Comment, CommentReport
from social.comments.services import BODY_MAX, post_comment, set_hidden
from tests.api.conftest import Api, problem
from tests.documents import ATOM, read_feed
from tests.factories import make_market, make_user

pytestmark = pytest.mark.django_db
LIST = "markets/rain/comments/"


@pytest.fixture
def rain(db):
    return make_market(title="Rain")


@pytest.fixture
def comment(rain, alice):
    return post_comment(author=alice.user, market=rain, body="I **think** so")


def test_comment_is_posted_and_read(alice, anonymous, rain):
    answer = alice.post(LIST, {"body": "Hi **all**"})

    assert answer.status_code == 201
    told = anonymous.http.get(answer["Location"]).json()
    assert told == answer.json()
    assert told.pop("id").isdigit()
    assert told.pop("created_at").endswith("Z")
    assert told.pop("author")["handle"] == "alice"
    assert told == {
        "parent": None,
        "body": "Hi **all**",
        "html": "<p>Hi <strong>all</strong></p>\n",
        "state": "shown",
        "edited_at": None,
        "market": "rain",
        "replies": [],
        "has_more_replies": False,
    }


def test_reply_is_listed_in_its_thread(alice, bob, anonymous, comment):
    answer = bob.post(LIST, {"body": "No", "parent": str(comment.pk)})
    assert answer.status_code == 201

    (thread,) = anonymous.get(LIST).json()["results"]

    assert thread["id"] == str(comment.pk)
    (reply,) = thread["replies"]
    assert (reply["parent"], reply["body"]) == (str(comment.pk), "No")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"body": ""}, "invalid"),
        ({"body": "  "}, "invalid"),
        ({"body": 7}, "invalid"),
        ({"body": None}, "invalid"),
        ({"body": "x" * (BODY_MAX + 1)}, "invalid"),
        ({"body": "x", "parent": 7}, "invalid"),
        ({"body": "x", "html": "<b>"}, "unknown_field"),
    ],
)
def test_comment_of_bad_input_is_refused(alice, comment, body, code):
    if body.get("body") == 7:
        body = {"body": ["x"]}
    assert problem(alice.post(LIST, body))[1] == code
    if set(body) <= {"body"}:
        assert problem(alice.patch(f"comments/{comment.pk}/", body))[1] == code
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("parent", ["999999", "x", "-1"])
def test_reply_to_nothing_is_404(alice, rain, parent):
    answer = alice.post(LIST, {"body": "x", "parent": parent})
    assert problem(answer) == (404, "unknown_comment")


def test_reply_across_markets_is_404(alice, comment):
    make_market(title="Snow")
    answer = alice.post("markets/snow/comments/", {"body": "x", "parent": str(comment.pk)})
    assert problem(answer) == (404, "unknown_comment")


def test_comment_is_edited_and_deleted_by_its_author(alice, anonymous, comment):
    edited = alice.patch(f"comments/{comment.pk}/", {"body": "Now *this*"}).json()
    assert (edited["body"], edited["edited_at"] is None) == ("Now *this*", False)

    assert alice.delete(f"comments/{comment.pk}/").status_code == 204

    told = anonymous.get(f"comments/{comment.pk}/").json()
    assert (told["state"], told["body"], told["html"], told["author"]) == ("deleted", "", "", None)
    assert anonymous.get(LIST).json()["results"] == []
    assert problem(alice.delete(f"comments/{comment.pk}/")) == (409, "comment_gone")


def test_hidden_comment_says_nothing(anonymous, comment):
    set_hidden(comments=[comment], is_hidden=True)

    answer = anonymous.get(f"comments/{comment.pk}/")

    assert answer.json()["state"] == "hidden"
    assert b"think" not in answer.content


def test_comment_of_another_is_not_theirs_to_change(charlie, comment):
    path = f"comments/{comment.pk}/"
    assert problem(charlie.patch(path, {"body": "x"})) == (403, "comment_not_yours")
    assert problem(charlie.delete(path)) == (403, "comment_not_yours")


def test_strangers_read_and_do_not_write(anonymous, comment):
    path = f"comments/{comment.pk}/"
    assert anonymous.get(path).status_code == anonymous.get(LIST).status_code == 200
    for answer in (
        anonymous.post(LIST, {"body": "x"}),
        anonymous.patch(path, {"body": "x"}),
        anonymous.delete(path),
        anonymous.post(f"{path}report/", {"reason": "spam"}),
    ):
        assert problem(answer) == (401, "not_authenticated")


def test_unconfirmed_members_do_not_write(comment):
    dora = Api(make_user("dora", confirmed=False))
    assert problem(dora.post(LIST, {"body": "x"})) == (403, "email_not_confirmed")


@pytest.mark.parametrize(
    ("method", "path"),
    [("delete", LIST), ("patch", LIST), ("post", "comments/1/"), ("get", "comments/1/report/")],
)
def test_comments_by_another_method_are_405(alice, rain, method, path):
    answer = getattr(alice, method)(path, **({} if method in {"get", "delete"} else {"body": {}}))
    assert problem(answer) == (405, "method_not_allowed")


@pytest.mark.parametrize("path", ["comments/999999/", "comments/x/", "comments/-1/"])
def test_comment_that_is_not_there_is_404(alice, path):
    assert problem(alice.get(path)) == (404, "unknown_comment")
    assert problem(alice.patch(path, {"body": "x"})) == (404, "unknown_comment")
    assert problem(alice.post(f"{path}report/", {"reason": "spam"})) == (404, "unknown_comment")


def test_comments_of_a_draft_are_404(alice):
    draft = make_market(title="Draft", status="draft")
    comment = Comment.objects.create(market=draft, author=alice.user, body="x")
    assert problem(alice.get("markets/draft/comments/")) == (404, "unknown_market")
    assert problem(alice.get(f"comments/{comment.pk}/")) == (404, "unknown_comment")


def test_who_writes_too_much_is_told_when_to_go_on(alice, rain):
    for number in range(5):
        assert alice.post(LIST, {"body": f"{number}"}).status_code == 201

    answer = alice.post(LIST, {"body": "6"})

    assert problem(answer) == (429, "too_many_comments")
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_who_edits_too_much_is_told_when_to_go_on(alice, comment):
    path = f"comments/{comment.pk}/"
    for number in range(4):
        edited = alice.patch(path, {"body": f"{number}"})
        assert edited.status_code == 200
        assert edited["RateLimit"].startswith('"orders";')

    answer = alice.patch(path, {"body": "5"})

    assert problem(answer) == (429, "too_many_comments")
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_comment_is_reported(bob, comment):
    path = f"comments/{comment.pk}/report/"

    assert bob.post(path, {"reason": "spam", "text": "Look"}).status_code == 204
    assert bob.post(path, {"reason": "spam"}).status_code == 204

    assert list(CommentReport.objects.values_list("reporter", "text")) == [(bob.user.pk, "Look")]


@pytest.mark.parametrize(
    "body", [{}, {"reason": "because"}, {"reason": 7}, {"reason": "spam", "text": "x" * 501}]
)
def test_report_of_bad_input_is_refused(bob, comment, body):
    answer = bob.post(f"comments/{comment.pk}/report/", body)
    assert problem(answer) == (400, "invalid")


def test_comments_are_an_atom_feed(anonymous, comment):
    feed = read_feed(anonymous.get(LIST, Accept=ATOM))

    (entry,) = feed.entries
    assert (entry.title, entry.author) == ("alice commented", "alice")
    assert entry.link == f"http://localhost:8000/comments/{comment.pk}/"


@pytest.mark.parametrize("count", [1, 3])
def test_comments_take_the_same_queries_however_many(
    alice, anonymous, rain, django_assert_num_queries, count
):
    for number in range(count):
        root = post_comment(author=make_user(), market=rain, body=f"{number} @alice")
        post_comment(author=make_user(), market=rain, body="@alice", parent=root)

    with django_assert_num_queries(6):
        assert len(anonymous.get(LIST).json()["results"]) == count


def bodies(page):
    return [thread["body"] for thread in page["results"]]


def test_comments_best_first_page_by_page(alice, bob, charlie, anonymous, rain):
    threads = [
        post_comment(author=alice.user, market=rain, body=f"thread {number}") for number in range(4)
    ]
    for author, thread in ((bob, 1), (charlie, 1), (bob, 2)):
        post_comment(author=author.user, market=rain, body="Yes", parent=threads[thread])
    first = anonymous.get(f"{LIST}?order=best&limit=3").json()
    assert bodies(first) == ["thread 1", "thread 2", "thread 3"]
    rest = anonymous.get(f"{LIST}?order=best&limit=3&cursor={first['next']}").json()
    assert (bodies(rest), rest["next"]) == (["thread 0"], None)
    newest = anonymous.get(f"{LIST}?order=newest").json()
    assert bodies(newest) == bodies(anonymous.get(LIST).json())


def test_comments_in_an_unknown_order_are_refused(anonymous, rain):
    assert problem(anonymous.get(f"{LIST}?order=loudest")) == (400, "invalid")


def test_what_is_not_offered_is_405_to_strangers_too(anonymous, market):
    for path in (f"markets/{market.slug}/comments/", "comments/1/"):
        assert problem(anonymous.http.trace(f"/api/v1/{path}")) == (405, "method_not_allowed")
