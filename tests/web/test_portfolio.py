import pytest

from exchange.ledger.services import grant
from exchange.markets.models import Market
from exchange.trading.models import Position
from tests.factories import (
    first_contract,
    make_account,
    make_market,
    make_member,
    make_order,
    make_position,
    make_trade,
    make_user,
)

pytestmark = pytest.mark.django_db
PATHS = ("/portfolio/", "/portfolio/orders/", "/portfolio/fills/", "/portfolio/ledger/")


def trade_in(account, market, *, side: str = "buy", price_ticks: int = 4_000) -> None:
    contract = first_contract(market)
    other = "sell" if side == "buy" else "buy"
    maker = make_order(make_account(), contract, side=other, price_ticks=price_ticks, filled=10)
    taker = make_order(account, contract, side=side, price_ticks=price_ticks, filled=10)
    make_trade(maker, taker)


@pytest.mark.parametrize("path", PATHS)
def test_portfolio_anonymous_is_sent_to_log_in(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.url == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", PATHS)
def test_portfolio_unconfirmed_is_told_to_confirm(client, path):
    client.force_login(make_user(confirmed=False))
    assert b"Confirm your e-mail address first" in client.get(path).content


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_portfolio_refuses_other_methods(trader, path, method):
    assert getattr(trader, method)(path).status_code == 405


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/portfolio/", "No positions yet"),
        ("/portfolio/", "No open orders"),
        ("/portfolio/orders/", "You have placed no orders yet"),
        ("/portfolio/fills/", "Nothing has been filled yet"),
    ],
)
def test_portfolio_empty_says_what_comes(trader, path, text):
    assert text in trader.get(path).content.decode()


def test_portfolio_ledger_empty(client):
    client.force_login(make_member(balance_credits=0))
    assert b"No money has moved yet" in client.get("/portfolio/ledger/").content


def test_portfolio_shows_money(trader, member):
    make_order(member.account, first_contract(make_market()), price_ticks=4_000, quantity=100)
    page = trader.get("/portfolio/").content.decode()
    for name, amount in (("balance", "1,000.00"), ("exposure", "40.00"), ("available", "960.00")):
        assert f"<dd data-{name}>{amount}</dd>" in page


def test_portfolio_values_positions_at_the_last_price(trader, member):
    market = make_market()
    contract = first_contract(market)
    make_position(member.account, contract, quantity=10, cash_ticks=-40_000)
    market.contracts.update(last_price_ticks=4_500)
    (holding,) = trader.get("/portfolio/").context["holdings"]
    shown = (
        holding.outcome,
        holding.quantity,
        holding.average_ticks,
        holding.last_ticks,
        holding.value_ticks,
        holding.gain_ticks,
    )
    assert shown == ("Yes", 10, 4_000, 4_500, 45_000, 5_000)


def test_portfolio_shows_no_at_the_prices_of_no(trader, member):
    market = make_market()
    make_position(member.account, first_contract(market), quantity=-10, cash_ticks=60_000)
    market.contracts.update(last_price_ticks=4_500)
    (holding,) = trader.get("/portfolio/").context["holdings"]
    shown = (holding.outcome, holding.average_ticks, holding.last_ticks, holding.value_ticks)
    assert shown == ("No", 4_000, 5_500, 55_000)
    assert holding.gain_ticks == 15_000


def test_portfolio_shows_a_sold_outcome_as_what_it_costs(trader, member):
    market = make_market(outcomes=("Reds", "Blues"))
    make_position(member.account, first_contract(market), quantity=-10, cash_ticks=60_000)
    market.contracts.update(last_price_ticks=4_500)
    (holding,) = trader.get("/portfolio/").context["holdings"]
    shown = (holding.outcome, holding.average_ticks, holding.value_ticks, holding.gain_ticks)
    assert shown == ("Reds, sold", 6_000, -45_000, 15_000)


def test_portfolio_without_last_price_shows_no_value(trader, member):
    make_position(member.account, first_contract(make_market()), quantity=1, cash_ticks=-1)
    (holding,) = trader.get("/portfolio/").context["holdings"]
    assert (holding.last_ticks, holding.value_ticks, holding.gain_ticks) == (None, None, None)


def test_portfolio_shows_results(trader, member):
    market = make_market(status="settled")
    position = make_position(
        member.account, first_contract(market), quantity=10, cash_ticks=-40_000
    )
    Market.objects.filter(pk=market.pk).update(winner=first_contract(market))
    Position.objects.filter(pk=position.pk).update(settled_ticks=60_000)
    response = trader.get("/portfolio/")
    (result,) = response.context["results"]
    assert (result.outcome, result.winner, result.position.settled_ticks) == ("Yes", "Yes", 60_000)
    assert "+6.00" in response.content.decode()


def test_portfolio_result_of_the_outcome_without_a_book(trader, member):
    market = make_market(status="settled")
    position = make_position(
        member.account, first_contract(market), quantity=-10, cash_ticks=60_000
    )
    Position.objects.filter(pk=position.pk).update(settled_ticks=60_000)
    (result,) = trader.get("/portfolio/").context["results"]
    assert (result.outcome, result.winner) == ("No", "No")


def test_fills_are_told_from_the_members_side(trader, member):
    trade_in(member.account, make_market(), side="sell", price_ticks=4_000)
    (fill,) = trader.get("/portfolio/fills/").context["fills"]
    assert (fill.action, fill.price_ticks, fill.is_maker) == ("Buy No", 6_000, False)


def test_fills_as_maker(trader, member):
    contract = first_contract(make_market(outcomes=("Reds", "Blues")))
    maker = make_order(member.account, contract, side="sell", price_ticks=4_000, filled=10)
    make_trade(maker, make_order(make_account(), contract, price_ticks=4_000, filled=10))
    (fill,) = trader.get("/portfolio/fills/").context["fills"]
    assert (fill.action, fill.price_ticks, fill.is_maker) == ("Sell Reds", 4_000, True)


def test_ledger_is_signed(trader, member):
    grant(account=member.account, amount_ticks=25_000, reference="test:more")
    lines = trader.get("/portfolio/ledger/").context["lines"]
    assert [line.amount_ticks for line in lines] == [25_000, 10_000_000]


def test_orders_say_why_they_were_refused(trader, member):
    contract = first_contract(make_market())
    make_order(
        member.account,
        contract,
        cancelled=10,
        status="rejected",
        reason="insufficient_funds",
    )
    assert "Rejected: insufficient funds" in trader.get("/portfolio/orders/").content.decode()


def test_lists_show_nothing_of_others(trader):
    other = make_member("mallory")
    trade_in(other.account, make_market(title="secret"))
    for path in PATHS:
        assert "secret" not in trader.get(path).content.decode()


def test_orders_page_by_cursor(trader, member):
    contract = first_contract(make_market())
    placed = [make_order(member.account, contract, quantity=1).pk for _ in range(60)]
    first = trader.get("/portfolio/orders/")
    second = trader.get(f"/portfolio/orders/?{first.context['page'].next_query}")
    shown = [line.order.pk for page in (first, second) for line in page.context["orders"]]
    assert shown == placed[::-1]


# Session, user and account, and then what the page lists.
QUERIES = {
    # positions, results, orders, their queues, fills, ledger
    "/portfolio/": 4 + 2 + 2 + 2 + 2 + 2 + 1,
    "/portfolio/orders/": 4 + 2 + 2,
    "/portfolio/fills/": 4 + 2,
    "/portfolio/ledger/": 4 + 1,
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("path", PATHS)
def test_portfolio_fixed_queries(trader, member, django_assert_num_queries, rows, path):
    for _ in range(rows):
        market = make_market(outcomes=("Reds", "Blues"))
        contract = first_contract(market)
        trade_in(member.account, market)
        make_order(member.account, contract, price_ticks=3_000)
        make_position(member.account, contract, quantity=10, cash_ticks=-40_000)
        settled = make_market(status="settled")
        old = make_position(member.account, first_contract(settled), quantity=1, cash_ticks=-1)
        Position.objects.filter(pk=old.pk).update(settled_ticks=9_999)
    with django_assert_num_queries(QUERIES[path]):
        assert trader.get(path).status_code == 200


def test_ledger_names_what_a_movement_belongs_to(trader, member):
    market = make_market(title="Will it rain?")
    grant(account=member.account, amount_ticks=25_000, reference=f"market:{market.pk}")
    grant(account=member.account, amount_ticks=25_000, reference=f"sign-up:{member.pk}")
    page = trader.get("/portfolio/ledger/").content.decode()
    assert f'href="/markets/{market.slug}/">Will it rain?</a>' in page
    assert "Sign-up credits" in page
    assert f"market:{market.pk}" not in page


def test_order_that_rests_is_called_open(trader, member):
    make_order(member.account, first_contract(make_market()))
    assert 'data-label="Status">Open<' in trader.get("/portfolio/orders/").content.decode()


def test_header_shows_what_is_available(trader, member):
    make_order(member.account, first_contract(make_market()), price_ticks=4_000, quantity=10)
    type(member.account).objects.filter(pk=member.account.pk).update(exposure_ticks=40_000)
    assert '<span id="nav-balance">996.00</span>' in trader.get("/").content.decode()
