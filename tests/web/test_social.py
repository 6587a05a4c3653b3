"""Feeds, follow buttons and comments on pages, without JavaScript."""

import pytest

from accounts.models import Audience, Follow, User
from social.activities.models import Activity, Verb
from social.activities.services import NewActivity, record_activity
from social.comments.models import Comment, CommentReport
from social.comments.services import delete_comment, post_comment, set_hidden
from social.following.models import MarketFollow
from social.following.services import follow_market, follow_member
from tests.factories import first_contract, make_market, make_member, make_position, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def rain(db):
    return make_market(title="Rain?")


@pytest.fixture
def bob(db):
    return make_member("bob")


def badge(member, number=0):
    key, data = f"badge:{member.pk}:{number}", {"name": f"Badge {number}"}
    record_activity(NewActivity(verb=Verb.BADGE, key=key, actor_id=member.pk, data=data))


def html(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_feed_of_a_stranger_is_everybodys_with_a_nudge(client, bob):
    badge(bob)

    page = html(client.get("/feed/"))

    assert "earned the badge Badge 0" in page
    assert "Log in</a> and follow" in page


def test_feed_of_who_follows_nothing_is_everybodys_with_a_nudge(trader, bob):
    badge(bob)

    page = html(trader.get("/feed/"))

    assert "earned the badge Badge 0" in page
    assert "You follow nobody yet" in page


def test_feed_of_a_follower_is_their_own_and_everybodys_is_beside_it(trader, member, bob):
    badge(bob)
    carol = make_user("carol")
    badge(carol)
    follow_member(follower=member, followed=bob)

    mine, public = html(trader.get("/feed/")), html(trader.get("/feed/?scope=public"))

    assert "/members/bob/" in mine
    assert "/members/carol/" not in mine
    assert "/members/carol/" in public


def test_feed_of_nothing_says_so(client):
    assert "Nothing has happened yet" in html(client.get("/feed/"))


def test_feed_pages(trader, member, bob):
    follow_member(follower=member, followed=bob)
    for number in range(35):
        badge(bob, number)
    first = trader.get("/feed/")
    assert [line.activity.data["name"] for line in first.context["lines"]][:2] == [
        "Badge 34",
        "Badge 33",
    ]

    second = trader.get(f"/feed/?{first.context['page'].next_query}")

    assert len(second.context["lines"]) == 6
    assert "Newest" in html(second)
    assert trader.get("/feed/?cursor=!").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_feed_takes_the_same_queries_however_long(trader, member, django_assert_num_queries, count):
    for _ in range(count):
        friend, market = make_user(), make_market()
        follow_member(follower=member, followed=friend)
        follow_market(follower=member, market=market)
        post_comment(author=friend, market=market, body="x")
    trader.get("/feed/")

    with django_assert_num_queries(10):
        trader.get("/feed/")


@pytest.mark.parametrize("path", ["/members/bob/", "/markets/rain/"])
def test_follow_button_follows_and_no_more(trader, bob, rain, path):
    assert ">Follow</button>" in html(trader.get(path))

    response = trader.post(f"{path}follow/", {"follow": "1", "next": path})
    assert (response.status_code, response.url) == (302, path)
    assert ">Following</button>" in html(trader.get(path))
    assert Follow.objects.count() + MarketFollow.objects.count() == 1

    trader.post(f"{path}follow/", {"follow": "0", "next": "https://elsewhere.example/"})
    assert ">Follow</button>" in html(trader.get(path))
    assert Follow.objects.count() + MarketFollow.objects.count() == 0


@pytest.mark.parametrize("path", ["/members/bob/", "/markets/rain/"])
def test_follow_button_leads_strangers_to_the_log_in(client, bob, rain, path):
    response = client.post(f"{path}follow/", {"follow": "1"})
    assert response.url == f"/accounts/login/?next={path}"
    assert client.get(f"{path}follow/").status_code == 405


def test_own_page_has_no_follow_button(trader, member):
    assert "/members/alice/follow/" not in html(trader.get("/members/alice/"))
    trader.post("/members/alice/follow/", {"follow": "1"})
    assert not Follow.objects.exists()


def test_member_tab_shows_what_the_member_shows(client, trader, bob, rain):
    data = {"contract": first_contract(rain).pk, "side": "buy", "quantity": 7, "notional_ticks": 7}
    activity = NewActivity(verb=Verb.TRADED, key="x", actor_id=bob.pk, market_id=rain.pk, data=data)
    record_activity(activity)
    assert "bought 7 Yes" in html(client.get("/members/bob/activity/"))

    User.objects.filter(pk=bob.pk).update(trades_audience=Audience.NOBODY)

    for path in ("/members/bob/activity/", "/markets/rain/activity/", "/markets/rain/", "/feed/"):
        assert "bought 7 Yes" not in html(client.get(path)), path


def test_comment_is_written_answered_changed_and_deleted(trader, member, rain):
    response = trader.post("/markets/rain/comments/", {"body": "I **think** so"})
    comment = Comment.objects.get()
    assert response.url == f"/comments/{comment.pk}/#comment-{comment.pk}"
    page = html(trader.get("/markets/rain/"))
    assert "<p>I <strong>think</strong> so</p>" in page
    assert "Comments <span" in page

    trader.post("/markets/rain/comments/", {"body": "More", "parent": comment.pk})
    assert Comment.objects.get(body="More").parent == comment
    assert "<p>More</p>" in html(trader.get(f"/comments/{comment.pk}/"))

    trader.post(f"/comments/{comment.pk}/edit/", {"body": "I was wrong"})
    page = html(trader.get("/markets/rain/"))
    assert "<p>I was wrong</p>" in page
    assert "edited" in page

    trader.post(f"/comments/{comment.pk}/delete/", {"next": "/markets/rain/#comments"})
    page = html(trader.get("/markets/rain/"))
    assert "I was wrong" not in page
    assert "Deleted by its author" in page


def test_text_that_is_refused_is_not_lost(trader, rain):
    for number in range(5):
        trader.post("/markets/rain/comments/", {"body": f"{number}"})

    response = trader.post("/markets/rain/comments/", {"body": "Long <b>thought</b>"})

    assert response.status_code == 429
    page = response.content.decode()
    assert "You write too much at once" in page
    assert "Long &lt;b&gt;thought&lt;/b&gt;</textarea>" in page
    assert Comment.objects.count() == 5


def test_comment_of_another_is_reported_and_not_changed(trader, bob, rain):
    comment = post_comment(author=bob, market=rain, body="Buy my things")
    page = html(trader.get("/markets/rain/"))
    assert f"/comments/{comment.pk}/report/" in page
    assert f"/comments/{comment.pk}/edit/" not in page

    trader.post(f"/comments/{comment.pk}/report/", {"reason": "spam", "next": "/markets/rain/"})
    assert CommentReport.objects.get().reason == "spam"
    assert trader.post(f"/comments/{comment.pk}/edit/", {"body": "x"}).status_code == 403
    trader.post(f"/comments/{comment.pk}/delete/")
    comment.refresh_from_db()
    assert comment.body == "Buy my things"


def test_strangers_read_comments_and_are_led_to_the_log_in(client, bob, rain):
    comment = post_comment(author=bob, market=rain, body="Readable")
    page = html(client.get("/markets/rain/"))
    assert "Readable" in page
    assert "to write a comment" in page
    for path in ("/markets/rain/comments/", *(
        f"/comments/{comment.pk}/{verb}/" for verb in ("edit", "delete", "report")
    )):  # fmt: skip
        response = client.post(path, {"body": "x"})
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")
        assert client.get(path).status_code == 405
    assert Comment.objects.get().body == "Readable"


def test_hidden_comment_is_not_on_any_page(client, bob, rain):
    comment = post_comment(author=bob, market=rain, body="Something bad")
    reply = post_comment(author=bob, market=rain, body="A reply", parent=comment)
    set_hidden(comments=[comment], is_hidden=True)

    for path in ("/markets/rain/", "/markets/rain/discussion/", f"/comments/{reply.pk}/"):
        page = html(client.get(path))
        assert "Something bad" not in page, path
        assert "Hidden by a moderator" in page
    for path in ("/feed/", "/markets/rain/activity/", "/members/bob/activity/"):
        assert "Something bad" not in html(client.get(path)), path


def test_comment_that_is_not_there_is_404(client, rain):
    assert client.get("/comments/999999/").status_code == 404
    assert client.get("/markets/nothing/discussion/").status_code == 404
    assert client.get("/markets/nothing/activity/").status_code == 404


def test_position_of_an_author_is_shown_where_they_show_it(client, bob, rain):
    make_position(bob.account, first_contract(rain), quantity=10, cash_ticks=0)
    post_comment(author=bob, market=rain, body="x")
    assert "10 Yes</span>" in html(client.get("/markets/rain/discussion/"))

    User.objects.filter(pk=bob.pk).update(positions_audience=Audience.NOBODY)

    assert "10 Yes</span>" not in html(client.get("/markets/rain/discussion/"))


def test_closed_account_is_not_named(client, bob, rain):
    post_comment(author=bob, market=rain, body="Still here")
    User.objects.filter(pk=bob.pk).update(is_active=False)

    page = html(client.get("/markets/rain/discussion/"))

    assert "A closed account" in page
    assert "Still here" in page
    assert "/members/bob/" not in page


def test_discussion_pages(client, rain):
    for number in range(17):
        post_comment(author=make_user(), market=rain, body=f"Thought {number}.")
    first = client.get("/markets/rain/discussion/")
    assert "Thought 16." in html(first)
    assert "Thought 1." not in html(first)

    page = html(client.get(f"/markets/rain/?{first.context['discussion'].page.next_query}"))

    assert "Thought 1." in page
    assert "Thought 16." not in page.partition('id="comments"')[2].partition("</section>")[0]


def test_deleted_comment_leaves_no_activity_on_pages(client, bob, rain):
    comment = post_comment(author=bob, market=rain, body="Oops")
    delete_comment(author=bob, comment=comment)
    assert not Activity.objects.filter(verb="commented").exists()
    assert "Oops" not in html(client.get("/feed/"))


def test_home_filter_shows_markets_that_are_followed(trader, member, rain):
    make_market(title="Snow?")
    follow_market(follower=member, market=rain)

    page = html(trader.get("/markets/?followed=1"))

    assert "Rain?" in page
    assert "Snow?" not in page


def test_comments_best_first_on_the_page(trader, member, bob, rain):
    for body in ("One", "Two", "Three"):
        post_comment(author=member, market=rain, body=body)
    one = Comment.objects.get(body="One")
    post_comment(author=bob, market=rain, body="Indeed", parent=one)
    page = html(trader.get("/markets/rain/?comments=best"))
    assert page.index("<p>One</p>") < page.index("<p>Three</p>") < page.index("<p>Two</p>")
    assert 'data-source="/markets/rain/discussion/"' not in page  # what is new is not best
    newest = html(trader.get("/markets/rain/"))
    assert newest.index("<p>Three</p>") < newest.index("<p>One</p>")
    assert trader.get("/markets/rain/?comments=best&cursor=nonsense").status_code == 404
