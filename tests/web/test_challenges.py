"""The pages of challenges, without JavaScript."""

import pytest
from django.test import Client
from django.urls import reverse

from exchange.trading.models import Trade
from search.following import follow_journal
from social.challenges.accepting import accept_challenge
from social.challenges.models import Challenge
from tests.factories import first_contract, make_market, make_member, make_user
from tests.notifications.scenes import lifecycle
from tests.social.challenges.scenes import make_challenge

pytestmark = pytest.mark.django_db
PATHS = ("/challenges/", "/challenges/outgoing/", "/challenges/decided/", "/challenges/new/")


@pytest.fixture
def bob(db):
    return make_member("bob")


@pytest.fixture
def contract(books):
    market = books.open(make_market(title="Will it rain?", status="draft"))
    return first_contract(market)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page(client, path):
    return client.get(path).content.decode()


def form_of(contract, **changes):
    data = {"to": "bob", "outcome": f"{contract.pk}-buy", "price": "0.45", "quantity": "10"}
    return data | {"hours": "24", "message": ""} | changes


def new_path(contract):
    return f"/challenges/new/?market={contract.market.slug}"


@pytest.mark.parametrize("path", PATHS)
def test_pages_ask_strangers_to_log_in(client, path):
    assert client.get(path).url == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", PATHS[:3])
def test_empty_lists_say_so(trader, path):
    assert 'class="empty"' in page(trader, path)


def test_challenge_is_made_seen_accepted_and_decided(trader, member, bob, contract):
    made = trader.post(new_path(contract), form_of(contract, message="Well <b>?"))
    challenge = Challenge.objects.get()
    assert (made.status_code, made.url) == (302, challenge.get_absolute_url())

    theirs = browser(bob)
    assert "Will it rain?" in page(theirs, "/challenges/")
    shown = page(theirs, challenge.get_absolute_url())
    assert "Well &lt;b&gt;?" in shown
    assert "alice challenges you" in shown
    assert "Accept: Buy No for 5.50" in shown
    assert "Nothing is held until it is accepted" in shown

    accepted = theirs.post(reverse("web:challenge-accept", args=[challenge.token]), follow=True)
    assert "both sides are matched" in accepted.content.decode()
    assert Trade.objects.get().kind == "cross"
    lifecycle(contract.market, "settle", contract)
    assert "+5.50" in page(trader, "/challenges/decided/")
    assert "-5.50" in page(theirs, challenge.get_absolute_url()).replace("−", "-")


def test_no_in_a_yes_no_market_has_its_own_price(trader, bob, contract):
    trader.post(new_path(contract), form_of(contract, outcome=f"{contract.pk}-sell", price="0.30"))
    challenge = Challenge.objects.get()
    assert (challenge.side, challenge.price_ticks) == ("sell", 7_000)


def test_link_is_shown_to_its_maker_and_leads_strangers_to_log_in(trader, client, contract):
    trader.post(new_path(contract), form_of(contract, to=""))
    path = Challenge.objects.get().get_absolute_url()
    assert f"http://testserver{path}" in page(trader, path)
    assert f"/accounts/login/?next={path}" in page(client, path)


def test_one_by_name_is_hidden_from_others(client, member, bob, contract):
    path = make_challenge(member, contract, bob).get_absolute_url()
    assert client.get(path).status_code == 404
    assert browser(make_member("charlie")).get(path).status_code == 404
    assert client.get("/challenges/nonsense/").status_code == 404


@pytest.mark.parametrize("answer", ["accept", "decline", "withdraw"])
def test_answers_need_a_post_and_a_login(client, member, bob, contract, answer):
    token = make_challenge(member, contract, bob).token
    path = reverse(f"web:challenge-{answer}", args=[token])
    assert browser(bob).get(path).status_code == 405
    assert client.post(path).url.startswith("/accounts/login/")
    assert browser(make_member("charlie")).post(path).status_code == 404


def test_declining_and_withdrawing(trader, member, bob, contract):
    declined = make_challenge(member, contract, bob)
    browser(bob).post(reverse("web:challenge-decline", args=[declined.token]))
    withdrawn = make_challenge(member, contract, bob)
    trader.post(reverse("web:challenge-withdraw", args=[withdrawn.token]))
    statuses = list(Challenge.objects.order_by("pk").values_list("status", flat=True))
    assert statuses == ["declined", "withdrawn"]


def test_refusal_is_said_on_the_page(trader, member, contract):
    poor = make_member("poor", balance_credits=1)
    challenge = make_challenge(member, contract)
    theirs = browser(poor)
    assert "more than you have available" in page(theirs, challenge.get_absolute_url())
    path = reverse("web:challenge-accept", args=[challenge.token])
    assert "You do not have enough" in theirs.post(path, follow=True).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"to": "nobody"}, "There is no member of this name."),
        ({"to": "alice"}, "You cannot challenge yourself"),
        ({"price": "much"}, "Enter a price such as 0.45"),
        ({"price": "0.455"}, "is off the tick"),
        ({"price": "2"}, "A price lies above 0"),
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"outcome": "1-hold"}, "Select a valid choice"),
        ({"hours": "9"}, "Select a valid choice"),
        ({"message": "x" * 281}, "at most 280"),
    ],
)
def test_bad_form_is_shown_again_with_what_is_wrong(trader, bob, contract, changes, said):
    response = trader.post(new_path(contract), form_of(contract, **changes))
    assert response.status_code in {409, 422}
    assert said in response.content.decode()
    assert not Challenge.objects.exists()


def test_member_is_kept_while_a_market_is_chosen(trader, bob, contract):
    follow_journal()  # what was opened is found
    shown = page(trader, "/challenges/new/?to=bob&q=rain")
    assert f"?market={contract.market.slug}&amp;to=bob" in shown
    assert 'value="bob"' in page(trader, f"{new_path(contract)}&to=bob")
    assert "No open question fits" in page(trader, "/challenges/new/?q=zzz")


def test_unconfirmed_member_is_told(contract):
    client = browser(make_user("dora", confirmed=False))
    assert "confirm" in page(client, new_path(contract)).lower()


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_however_long(
    trader, member, bob, contract, count, django_assert_num_queries
):
    for _ in range(count):
        make_challenge(bob, contract, member)
    with django_assert_num_queries(8):
        assert page(trader, "/challenges/").count("challenge-row") == count


def test_member_page_lists_what_both_sides_show(client, member, bob, contract):
    accept_challenge(challenge=make_challenge(member, contract, bob), user=bob)
    lifecycle(contract.market, "settle", contract)
    shown = page(client, "/members/alice/challenges/")
    assert "Buy Yes" in shown
    assert "+5.50" in shown
    bob.trades_audience = "nobody"
    bob.save()
    assert "Buy Yes" not in page(client, "/members/alice/challenges/")
    assert "has won 1 and lost 0" in page(browser(bob), "/members/alice/challenges/")


def test_member_page_leads_to_a_challenge(trader, client, bob):
    link = "/challenges/new/?to=bob"
    assert link in page(trader, "/members/bob/")
    assert link not in page(client, "/members/bob/")
