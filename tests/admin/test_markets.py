"""Writing markets and moving them through their life, as an operator does it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from exchange.ledger.models import Account, Transfer
from exchange.markets.models import Contract, Event, Market
from exchange.trading.models import InboxCommand, Order
from tests.factories import create_market, first_contract, make_event, make_member, make_user
from tests.notifications.scenes import lifecycle, open_market, place

LIST = "/admin/markets/market/"


def step_url(step, *markets):
    query = "&".join(f"ids={market.pk}" for market in markets)
    return f"{reverse('admin:markets_market_step', args=[step])}?{query}"


def take(client, step, *markets, **data):
    body = {"ids": [market.pk for market in markets], **data}
    return client.post(step_url(step), body, follow=True)


def draft(title="Will it rain?", outcomes=("Yes",)):
    return create_market(event=make_event(), title=title, outcomes=outcomes, rules="By the gauge.")


def in_status(status):
    if status == "draft":
        return draft()
    market = open_market()
    steps = {
        "open": (), "halted": ("halt",), "closed": ("close",),
        "settled": ("settle",), "voided": ("void",),
    }  # fmt: skip
    for step in steps[status]:
        lifecycle(market, step)
    return Market.objects.get(pk=market.pk)


def status_of(market):
    return Market.objects.values_list("status", flat=True).get(pk=market.pk)


HAPPY = {
    "open": ("draft", "open"),
    "halt": ("open", "halted"),
    "resume": ("halted", "open"),
    "close": ("halted", "closed"),
    "settle": ("closed", "settled"),
    "void": ("open", "voided"),
}
WRONG = {
    "open": "settled",
    "halt": "closed",
    "resume": "open",
    "close": "draft",
    "settle": "voided",
    "void": "settled",
}


@pytest.mark.parametrize("step", HAPPY)
def test_step_is_asked_for_then_taken(client, operator, books, step):
    before, after = HAPPY[step]
    market = in_status(before)

    page = client.get(step_url(step, market))
    assert page.status_code == 200
    assert market.title in page.content.decode()
    assert status_of(market) == before
    assert not InboxCommand.objects.exists()

    response = take(client, step, market, winner="other")
    assert status_of(market) == after
    assert [m.level_tag for m in response.context["messages"]] == ["success"]
    assert response.redirect_chain == [(f"{LIST}{market.pk}/change/", 302)]
    assert LogEntry.objects.filter(user=operator, object_id=str(market.pk)).count() == 1


@pytest.mark.parametrize("step", WRONG)
def test_step_from_wrong_status_is_refused_and_said(client, operator, books, step):
    market = in_status(WRONG[step])
    page = client.get(step_url(step, market)).content.decode()
    assert "this step is not possible from here" in page
    assert '<input type="submit" class="default"' not in page

    response = take(client, step, market, winner="other")
    assert status_of(market) == WRONG[step]
    assert [m.level_tag for m in response.context["messages"]] == ["error"]
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("step", HAPPY)
def test_step_is_for_those_who_may_change_markets(client, books, viewer, step):
    market = in_status(HAPPY[step][0])
    assert client.get(step_url(step, market)).status_code == 403
    assert client.post(step_url(step), {"ids": [market.pk], "winner": "other"}).status_code == 403
    assert step_url(step, market) not in client.get(f"{LIST}{market.pk}/change/").content.decode()
    for user in (None, make_user("charlie")):
        client.logout()
        if user:
            client.force_login(user)
        response = client.post(step_url(step), {"ids": [market.pk], "winner": "other"})
        assert response["Location"].startswith("/admin/login/")
    assert status_of(market) == HAPPY[step][0]


def test_step_by_other_methods_is_not_allowed(client, operator, books):
    market = open_market()
    for method in (client.put, client.delete, client.patch):
        assert method(step_url("halt", market)).status_code == 405
    assert status_of(market) == "open"


@pytest.mark.parametrize("query", ["", "ids=", "ids=999", "ids=abc", "ids=²"])
def test_step_without_a_market_is_not_found(client, operator, query):
    assert client.get(f"{step_url('open')}{query}").status_code == 404
    assert client.get("/admin/markets/market/step/explode/?ids=1").status_code == 404


def test_step_page_says_how_many_orders_and_accounts(client, operator, books):
    alice, bob, carol = make_member(), make_member(), make_member()
    market = open_market(outcomes=("Red", "Blue", "Green"))
    red, blue, _ = market.contracts.all()
    place(alice, market, "sell", 6_000, 10, contract=red)
    place(bob, market, "buy", 6_000, 10, contract=red)
    place(carol, market, "buy", 1_000, 1, contract=blue)
    place(carol, market, "buy", 1_000, 2, contract=blue)

    for step in ("close", "void", "settle"):
        assert "Open orders cancelled: 2" in client.get(step_url(step, market)).content.decode()
    assert "Accounts whose trades are undone: 2" in (
        client.get(step_url("void", market)).content.decode()
    )
    outcomes = client.get(step_url("settle", market)).context["outcomes"]
    assert [(o["name"], o["winners"], o["losers"], o["paid"]) for o in outcomes] == [
        ("Red", 1, 1, "4.00"),
        ("Blue", 1, 1, "6.00"),
        ("Green", 1, 1, "6.00"),
    ]


@pytest.mark.parametrize("winner", ["Yes", "No"])
def test_settle_pays_the_chosen_outcome(client, operator, books, winner):
    alice, bob = make_member(), make_member()
    market = open_market()
    place(alice, market, "sell", 6_000, 10)
    place(bob, market, "buy", 6_000, 10)
    value = first_contract(market).pk if winner == "Yes" else "other"

    take(client, "settle", market, winner=value)

    market.refresh_from_db()
    assert market.status == "settled"
    assert (market.winner is None) == (winner == "No")
    paid = Transfer.objects.get(debit__code=f"clearing-{market.pk}")
    assert paid.credit == (bob if winner == "Yes" else alice).account
    assert paid.amount_ticks == (40_000 if winner == "Yes" else 60_000)


@pytest.mark.parametrize("winner", ["", "999999", "other", "abc"])
def test_settle_without_an_outcome_of_the_market_changes_nothing(client, operator, books, winner):
    market = open_market(outcomes=("Red", "Blue"))
    response = take(client, "settle", market, winner=winner)
    assert status_of(market) == "open"
    assert "Choose the outcome that won." in response.content.decode()


def test_action_of_the_list_leads_to_the_page_that_asks(client, operator, books):
    markets = [draft("One?"), draft("Two?")]
    data = {"action": "open_markets", "_selected_action": [market.pk for market in markets]}
    response = client.post(LIST, data)
    assert response["Location"] == step_url("open", *markets)
    assert [status_of(market) for market in markets] == ["draft", "draft"]

    response = take(client, "open", *markets)
    assert [status_of(market) for market in markets] == ["open", "open"]
    assert response.redirect_chain == [(LIST, 302)]


def test_action_settles_one_market_at_a_time(client, operator, books):
    markets = [open_market("One?"), open_market("Two?")]
    data = {"action": "settle_markets", "_selected_action": [market.pk for market in markets]}
    response = client.post(LIST, data, follow=True)
    assert "Settle markets one by one" in response.content.decode()
    response = take(client, "settle", *markets, winner="other")
    assert [status_of(market) for market in markets] == ["open", "open"]


def test_step_without_a_book_worker_says_so(client, operator, settings):
    settings.REPLY_TIMEOUT_S = 0
    market = draft()
    response = take(client, "open", market)
    assert [m.level_tag for m in response.context["messages"]] == ["warning"]
    assert InboxCommand.objects.get().user == operator


def form_data(event, names=("Yes",), **fields):
    data = {
        "event": event.pk,
        "title": "Will it rain?",
        "rules": "By the gauge.",
        "price_step_ticks": 100,
        "closes_at_0": "2099-01-01",
        "closes_at_1": "12:00:00",
        "contracts-TOTAL_FORMS": len(names),
        "contracts-INITIAL_FORMS": 0,
        "contracts-MIN_NUM_FORMS": 1,
        "contracts-MAX_NUM_FORMS": 100,
    }
    data |= {f"contracts-{index}-name": name for index, name in enumerate(names)}
    return data | fields


@pytest.mark.parametrize("names", [("Yes",), ("Red", "Blue", "Green")])
def test_market_added_is_a_draft_with_everything_it_needs(client, operator, books, names):
    event = make_event()
    response = client.post(f"{LIST}add/", form_data(event, names))
    assert response.status_code == 302, response.context["errors"]
    market = Market.objects.get()
    assert (market.status, market.slug) == ("draft", "will-it-rain")
    assert market.has_other == (len(names) == 1)
    assert list(market.contracts.values_list("name", "position")) == [
        (name, position) for position, name in enumerate(names)
    ]
    assert Account.objects.filter(kind="clearing", code=f"clearing-{market.pk}").count() == 1
    take(client, "open", market)
    assert status_of(market) == "open"


@pytest.mark.parametrize("names", [("Yes", "No"), ("no", "yes")])
def test_market_with_yes_and_no_typed_gets_one_contract(client, operator, books, names):
    response = client.post(f"{LIST}add/", form_data(make_event(), names), follow=True)
    market = Market.objects.get()
    assert market.has_other
    assert list(market.contracts.values_list("name", "position")) == [("Yes", 0)]
    said = [str(message) for message in response.context["messages"]]
    assert "One contract was made: Yes. No is its other side." in said
    take(client, "open", market)
    assert status_of(market) == "open"


def test_market_form_starts_with_one_row_and_says_what_fields_mean(client, operator):
    response = client.get(f"{LIST}add/")
    (inline,) = response.context["inline_admin_formsets"]
    assert len(inline.formset.forms) == 1
    page = response.content.decode()
    assert "A yes/no question has one contract named Yes; No is its other side." in page
    assert "There is an outcome without a book" in page
    assert "100 is a step of 0.01" in page
    assert "Closes at (UTC)" in page
    assert "Last price" not in page


@pytest.mark.parametrize("names", [(), ("",), ("Red", "Red"), ("No",)])
def test_market_with_wrong_outcomes_is_not_added(client, operator, names):
    response = client.post(f"{LIST}add/", form_data(make_event(), names))
    assert response.status_code == 200
    assert not Market.objects.exists()
    assert not Account.objects.filter(kind="clearing").exists()


def test_draft_can_be_edited(client, operator):
    market = draft()
    contract = first_contract(market)
    data = form_data(
        market.event,
        ("Sun", "Snow"),
        title="Will it be sunny?",
        **{"contracts-INITIAL_FORMS": 1, "contracts-0-id": contract.pk},
        **{"contracts-0-market": market.pk, "contracts-1-market": market.pk},
    )
    response = client.post(f"{LIST}{market.pk}/change/", data)
    assert response.status_code == 302, response.context["errors"]
    market.refresh_from_db()
    assert market.title == "Will it be sunny?"
    assert list(market.contracts.values_list("name", "position")) == [("Sun", 0), ("Snow", 1)]


def test_market_once_opened_keeps_title_rules_and_outcomes(client, operator, books):
    market = open_market()
    contract = first_contract(market)
    data = form_data(
        make_event(),
        ("Changed", "Added"),
        title="Changed?",
        rules="Changed.",
        **{"contracts-INITIAL_FORMS": 1, "contracts-0-id": contract.pk, "contracts-0-DELETE": "on"},
    )
    client.post(f"{LIST}{market.pk}/change/", data)
    changed = Market.objects.get(pk=market.pk)
    assert (changed.title, changed.rules, changed.event) == (
        market.title, market.rules, market.event,
    )  # fmt: skip
    assert list(changed.contracts.values_list("name", flat=True)) == ["Yes"]
    assert changed.status == "open"
    assert changed.closes_at.year == 2099


def test_market_page_has_a_button_for_each_possible_step(client, operator, books):
    market = open_market()
    page = client.get(f"{LIST}{market.pk}/change/").content.decode()
    for step in ("halt", "close", "settle", "void"):
        assert step_url(step, market) in page
    for step in ("open", "resume"):
        assert step_url(step, market) not in page


def test_market_is_never_deleted(client, operator):
    market = draft()
    response = client.post(f"{LIST}{market.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    assert Market.objects.filter(pk=market.pk).exists()


def test_event_is_added_with_a_slug_of_any_script(client, operator):
    data = {"title": "明日の天気", "category": "天気", "metadata": "{}"}
    client.post("/admin/markets/event/add/", data | {"starts_at_0": "", "starts_at_1": ""})
    assert Event.objects.get().slug == "明日の天気"


def test_event_with_markets_is_not_deleted(client, operator):
    event, empty = draft().event, make_event()
    for pk, status in ((event.pk, 403), (empty.pk, 302)):
        response = client.post(f"/admin/markets/event/{pk}/delete/", {"post": "yes"})
        assert response.status_code == status
    client.post(
        "/admin/markets/event/",
        {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"},
    )
    assert list(Event.objects.all()) == [event]
    assert Contract.objects.count() == 1
    assert not Order.objects.exists()
