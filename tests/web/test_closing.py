"""A member closes the account: who may, what ends, what stays, what refuses it."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.devices.services import begin_grant, decide
from accounts.keys.services import create_key, find_key
from accounts.models import Follow, User
from accounts.services import is_handle_free
from exchange.ledger.models import Account, Transfer
from exchange.trading.checks import run_checks
from exchange.trading.models import Order, Trade
from notifications.kinds import Concern, MailChoice, Wish
from notifications.models import Mail, Notification
from notifications.services import save_wishes
from search.models import Document
from social.challenges.models import Challenge
from social.comments.services import post_comment
from social.following.services import follow_market, follow_member
from tests.factories import first_contract, make_member
from tests.notifications.scenes import lifecycle, open_market, place
from tests.social.challenges.scenes import make_challenge

pytestmark = pytest.mark.django_db
PATH = "/accounts/settings/close/"
PASSWORD = "a long one, 4 closing"
# Whatever names a member goes when they leave, or has a reason to stay. One that is neither here
# nor there was forgotten.
GONE = {
    "account.EmailAddress.user",
    "accounts.DeviceGrant.user",
    "accounts.Follow.followed",
    "accounts.Follow.follower",
    "mfa.Authenticator.user",
    "notifications.Mail.user",
    "notifications.MailSwitch.user",
    "notifications.Notification.user",
    "notifications.Preference.user",
    "social.Activity.target_user",
    "social.MarketFollow.follower",
    "usersessions.UserSession.user",
}
STAYS = {
    # Money and books, which others' are made of.
    "ledger.Account.owner", "trading.InboxCommand.user", "trading.Order.user",
    "trading.OrderSession.user", "social.Challenge.challenger", "social.Challenge.opponent",
    # Hidden with the account: nobody sees what a closed account did, or how it stood.
    "social.Activity.actor", "social.Badge.member", "social.Standing.member",
    # Shown without a name: others answered, or were told.
    "social.Comment.author", "social.Comment.mentions", "social.Comment_mentions.user",
    "notifications.Notification.actor",
    # So that nobody can take it; revoked; what moderators need.
    "accounts.FormerHandle.user", "accounts.ApiKey.user", "social.CommentReport.reporter",
    # Of operators, who cannot close their accounts.
    "admin.LogEntry.user", "social.CommentReport.resolved_by",
    "accounts.User_groups.user", "accounts.User_user_permissions.user",
}  # fmt: skip


@pytest.fixture
def dora(db):
    return make_member("dora", password=PASSWORD, name="Dora Maar", bio="Rain.")


@pytest.fixture
def bob(db):
    return make_member("bob")


@pytest.fixture
def page(dora):
    client = Client()
    client.post("/accounts/login/", {"login": dora.email, "password": PASSWORD})
    mail.outbox.clear()
    return client


def naming_members():
    """Every column that names a member, with the rows that do."""
    for field in User._meta.get_fields(include_hidden=True):
        if field.auto_created and not field.concrete:
            model, name = field.related_model, field.field.name
            yield f"{model._meta.label}.{name}", model._base_manager.filter, name


def close(page, handle="dora"):
    return page.post(PATH, {"handle": handle})


def test_closing_is_for_members(client):
    assert client.get(PATH).url == f"/accounts/login/?next={PATH}"
    assert client.post(PATH, {"handle": "dora"}).url == f"/accounts/login/?next={PATH}"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_closing_refuses_other_methods(page, method):
    assert getattr(page, method)(PATH).status_code == 405


def test_closing_asks_for_the_csrf_token(dora):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(dora)
    assert careful.post(PATH, {"handle": "dora"}).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_closing_asks_again_who_it_is(client, dora, method):
    client.force_login(dora)  # a session that never gave a password
    answer = getattr(client, method)(PATH, {"handle": "dora"})
    assert answer.url.startswith("/accounts/reauthenticate/")
    dora.refresh_from_db()
    assert dora.is_active


@pytest.mark.parametrize("handle", ["", "bob", "dora2", "d" * 61])
def test_closing_takes_no_other_handle(page, dora, handle):
    answer = close(page, handle)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"handle"}
    dora.refresh_from_db()
    assert dora.is_active


def test_closing_says_what_goes_and_what_is_given_up(page):
    html = page.get(PATH).content.decode()
    assert "1,000.00" in html
    assert "Your open orders are cancelled" in html
    assert (
        'href="/accounts/settings/close/"' in page.get("/accounts/settings/data/").content.decode()
    )


@pytest.mark.parametrize("handle", ["dora", "@Dora"])
def test_closed_account_lets_nobody_in_and_keeps_nothing_personal(
    books, page, dora, bob, handle, django_capture_on_commit_callbacks
):
    key = create_key(user=dora, name="bot", scopes=["read"])
    follow_member(follower=bob, followed=dora)
    follow_member(follower=dora, followed=bob)
    follow_market(follower=dora, market=open_market())
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": dora.email, "password": PASSWORD})
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert close(page, handle).url == "/"
    assert "Your account is closed." in page.get("/").content.decode()
    closed = User.objects.get(pk=dora.pk)
    assert (closed.is_active, closed.handle, closed.name, closed.bio) == (False, "dora", "", "")
    assert closed.email == f"closed-{dora.pk}@closed.invalid"
    assert not closed.has_usable_password()
    for browser in (page, elsewhere):
        assert browser.get("/portfolio/").url == "/accounts/login/?next=/portfolio/"
    assert find_key(key.secret) is None
    for model, column in ((EmailAddress, "user"), (Notification, "user"), (Mail, "user")):
        assert not model.objects.filter(**{column: dora}).exists()
    assert not Follow.objects.exists()
    assert not dora.market_follows.exists()
    assert [(one.subject, one.to) for one in mail.outbox] == [
        ("Your account at Likely is closed", ["dora@example.com"])
    ]


def test_whatever_names_a_member_is_known_to_go_or_to_stay():
    assert {label for label, *_ in naming_members()} == GONE | STAYS
    assert set() == GONE & STAYS


def test_what_is_to_go_is_gone(books, page, dora, bob):
    market = open_market()
    follow_member(follower=dora, followed=bob)
    follow_member(follower=bob, followed=dora)
    follow_market(follower=dora, market=market)
    Authenticator.objects.create(user=dora, type="recovery_codes", data={})
    save_wishes(
        user=dora, wishes={Concern.FILLS: Wish(bell=True, mail=MailChoice.OFF)}, is_mailed=True
    )
    waiting = begin_grant(client_name="bot", scopes=["read"])
    decide(grant_id=waiting.grant.pk, user=dora, is_allowed=True)
    columns = [(label, find, name) for label, find, name in naming_members() if label in GONE]
    there = {label for label, find, name in columns if find(**{name: dora}).exists()}
    assert there == GONE
    close(page)
    assert [label for label, find, name in columns if find(**{name: dora}).exists()] == []


def test_closed_account_is_gone_from_pages_search_and_feeds(books, page, dora, bob, client):
    market = open_market()
    post_comment(author=dora, market=market, body="A word that stays")
    follow_member(follower=bob, followed=dora)
    assert Document.objects.filter(kind="member", slug="dora").exists()
    close(page)
    assert not Document.objects.filter(kind="member", slug="dora").exists()
    assert client.get("/members/dora/").status_code == 404
    assert client.get("/api/v1/members/dora/").status_code == 404
    client.force_login(bob)
    for path in ("/feed/", "/members/bob/", f"/markets/{market.slug}/activity/"):
        assert "dora" not in client.get(path).content.decode().lower()
    comments = client.get(f"/markets/{market.slug}/").content.decode()
    assert "A word that stays" in comments
    assert "A closed account" in comments
    assert "Dora Maar" not in comments


def test_handle_of_a_closed_account_stays_taken_and_the_address_is_free(books, page, client):
    close(page)
    assert not is_handle_free("Dora")
    assert not User.objects.filter(email="dora@example.com").exists()


def test_closing_cancels_orders_and_leaves_money_and_books_right(books, page, dora, bob):
    first, second = open_market("One?"), open_market("Two?")
    for market in (first, second):
        place(dora, market, "buy", 4_000, 10)
    place(bob, first, "buy", 3_000, 5)
    before = Transfer.objects.count()
    close(page)
    orders = Order.objects.filter(account__owner=dora)
    assert set(orders.values_list("status", "reason")) == {("cancelled", "member")}
    assert Order.objects.get(account__owner=bob).open_quantity == 5
    account = Account.objects.get(owner=dora)
    assert (account.balance_ticks, account.exposure_ticks) == (10_000_000, 0)
    assert account.is_suspended
    assert Transfer.objects.count() == before
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def test_closing_is_refused_while_something_is_held_and_possible_after_the_result(
    books, page, dora, bob
):
    market = open_market("Held question?")
    place(bob, market, "sell", 4_000, 10)
    place(dora, market, "buy", 4_000, 10)
    place(dora, market, "buy", 3_000, 5)
    html = close(page).content.decode()
    assert "You still hold something." in html
    assert "Held question?" in html
    assert 'name="handle"' not in html
    account = Account.objects.get(owner=dora)
    assert not account.is_suspended
    assert Order.objects.filter(account=account, open_quantity__gt=0).count() == 1
    lifecycle(market, "settle", winner=first_contract(market))
    assert close(page).url == "/"
    assert not User.objects.get(pk=dora.pk).is_active


def test_closing_after_buying_and_selling_again_leaves_the_rest_to_the_settlement(
    books, page, dora, bob
):
    market = open_market()
    place(bob, market, "sell", 4_000, 10)
    place(dora, market, "buy", 4_000, 10)
    place(bob, market, "buy", 5_000, 10)
    place(dora, market, "sell", 5_000, 10)
    assert close(page).url == "/"
    lifecycle(market, "settle", winner=first_contract(market))
    assert Account.objects.get(owner=dora).balance_ticks == 10_010_000
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def test_closing_without_an_answer_of_the_book_changes_nothing(books, page, dora, settings):
    market = open_market()
    place(dora, market, "buy", 4_000, 10)
    books.give_up()
    settings.REPLY_TIMEOUT_S = 0
    html = close(page).content.decode()
    assert "The book has not answered" in html
    dora.refresh_from_db()
    assert dora.is_active
    assert not Account.objects.get(owner=dora).is_suspended


def test_closing_ends_open_challenges(books, page, dora, bob):
    contract = first_contract(open_market())
    made = make_challenge(dora, contract, bob)
    met = make_challenge(bob, contract, dora)
    close(page)
    assert Challenge.objects.get(pk=made.pk).status == "withdrawn"
    assert Challenge.objects.get(pk=met.pk).status == "declined"


def test_challenge_with_a_closed_account_names_nobody(books, page, dora, bob, client):
    contract = first_contract(open_market())
    made = make_challenge(bob, contract, dora)
    close(page)
    client.force_login(bob)
    html = client.get(made.get_absolute_url()).content.decode()
    assert "A closed account" in html
    assert "Dora Maar" not in html
    assert "/members/dora/" not in html


def test_closing_is_not_for_who_runs_the_site(page, dora):
    User.objects.filter(pk=dora.pk).update(is_staff=True)
    html = close(page).content.decode()
    assert "You help to run this site." in html
    assert User.objects.get(pk=dora.pk).is_active


def test_trades_of_a_closed_account_stay(books, page, dora, bob, client):
    market = open_market()
    place(bob, market, "sell", 4_000, 10)
    place(dora, market, "buy", 4_000, 10)
    lifecycle(market, "void")
    close(page)
    assert Trade.objects.count() == 1
    assert client.get(f"/markets/{market.slug}/").status_code == 200
