import json
import re

import pytest
from django.test import Client

from exchange.trading.checksums import checksum
from exchange.trading.models import Trade
from tests.factories import (
    WHEN,
    first_contract,
    make_account,
    make_market,
    make_order,
    make_position,
    make_trade,
    make_user,
)

pytestmark = pytest.mark.django_db


def initial_of(response) -> dict:
    script = re.search(
        r'<script id="initial" type="application/json">(.*?)</script>', response.content.decode()
    )
    return json.loads(script.group(1))


def make_book(market) -> None:
    maker = make_account()
    for contract in market.contracts.all():
        make_order(maker, contract, side="buy", price_ticks=4_400, quantity=10)
        make_order(maker, contract, side="sell", price_ticks=4_600, quantity=30)
        make_order(maker, contract, side="sell", price_ticks=4_700, quantity=10)


def test_market_leads_guests_back_to_the_ticket_they_came_from(client):
    path = f"/markets/{make_market(title='Will it rain?').slug}/"
    page = client.get(f"{path}?side=buy").content.decode()
    for name in ("signup", "login"):
        assert f'href="/accounts/{name}/?next={path}%3Fside%3Dbuy%23ticket"' in page


def test_market_shows_ladder_with_depth_and_spread(client):
    market = make_market(title="Will it rain?")
    make_book(market)
    response = client.get(f"/markets/{market.slug}/")
    ladder = response.context["ladder"]
    assert response.status_code == 200
    assert [
        (rung.price_ticks, rung.quantity, rung.cumulative, rung.share) for rung in ladder.asks
    ] == [
        (4_700, 10, 40, 100),
        (4_600, 30, 30, 75),
    ]
    assert [(rung.price_ticks, rung.cumulative, rung.share) for rung in ladder.bids] == [
        (4_400, 10, 25)
    ]
    assert ladder.spread_ticks == 200


def test_market_levels_link_to_a_ticket_that_takes_them(client):
    market = make_market()
    contract = first_contract(market)
    make_book(market)
    ladder = client.get(f"/markets/{market.slug}/").context["ladder"]
    assert ladder.asks[-1].link == f"?contract={contract.pk}&side=buy&price=0.46#ticket"
    # Selling Yes at 0.44 is buying No at 0.56.
    assert ladder.bids[0].link == f"?contract={contract.pk}&side=sell&price=0.56#ticket"


def test_market_link_fills_the_ticket(trader):
    market = make_market(outcomes=("Reds", "Blues"))
    blues = market.contracts.get(name="Blues")
    query = {"contract": blues.pk, "side": "sell", "price": "0.44", "quantity": "7"}
    form = trader.get(f"/markets/{market.slug}/", query).context["ticket"].form
    values = [form[name].value() for name in ("contract", "side", "price", "quantity")]
    assert values == [blues.pk, "sell", "0.44", "7"]


@pytest.mark.parametrize(
    "query",
    [
        {"contract": "x"},
        {"contract": "999999"},
        {"side": "hold"},
        {"price": "<b>"},
        {"quantity": "-1"},
    ],
)
def test_market_link_with_nonsense_still_shows_the_page(trader, query):
    market = make_market()
    assert trader.get(f"/markets/{market.slug}/", query).status_code == 200


def test_market_anonymous_reads_all_and_is_invited(client):
    market = make_market()
    make_book(market)
    page = client.get(f"/markets/{market.slug}/").content.decode()
    assert "To trade, sign up" in page
    assert "data-ticket" not in page
    assert f"?next=/markets/{market.slug}/" in page


def test_market_unconfirmed_is_told_to_confirm(client):
    client.force_login(make_user(confirmed=False))
    page = client.get(f"/markets/{make_market().slug}/").content.decode()
    assert "Confirm your e-mail address to trade" in page
    assert "data-ticket" not in page


def test_market_marks_own_orders_and_shows_position(trader, member):
    market = make_market()
    contract = first_contract(market)
    make_order(member.account, contract, side="buy", price_ticks=4_000, quantity=5)
    make_position(member.account, contract, quantity=-4, cash_ticks=4 * 6_000)
    response = trader.get(f"/markets/{market.slug}/")
    page = response.content.decode()
    assert "you: 5" in page
    (holding,) = response.context["view"].mine.holdings
    assert (holding.outcome, holding.quantity, holding.average_ticks) == ("No", 4, 4_000)


def test_market_shows_nobody_elses_orders(client, trader, member):
    market = make_market()
    make_order(member.account, first_contract(market), price_ticks=4_000, quantity=5)
    stranger = make_user("mallory")
    client.force_login(stranger)
    page = client.get(f"/markets/{market.slug}/").content.decode()
    assert "you: 5" not in page
    assert "alice" not in page


def test_market_tape_newest_first(client):
    market = make_market(outcomes=("Reds", "Blues"))
    contract = first_contract(market)
    maker = make_order(make_account(), contract, side="sell", price_ticks=4_600, filled=10)
    taker = make_order(make_account(), contract, side="buy", price_ticks=4_700, filled=10)
    first = make_trade(maker, taker, quantity=3)
    second = make_trade(maker, taker, quantity=7)
    view = client.get(f"/markets/{market.slug}/").context["view"]
    assert list(view.tape) == [second, first]


def test_market_several_outcomes_sum(client):
    market = make_market(outcomes=("Reds", "Blues", "Draw"))
    make_book(market)
    view = client.get(f"/markets/{market.slug}/").context["view"]
    assert (view.bids_sum_ticks, view.asks_sum_ticks) == (13_200, 13_800)


def test_market_sum_is_unknown_while_one_outcome_has_no_price(client):
    market = make_market(outcomes=("Reds", "Blues"))
    make_order(make_account(), first_contract(market), side="buy", price_ticks=4_000)
    view = client.get(f"/markets/{market.slug}/").context["view"]
    assert (view.bids_sum_ticks, view.asks_sum_ticks) == (None, None)


def test_market_initial_state_has_the_feeds_shapes(trader, member):
    market = make_market()
    contract = first_contract(market)
    make_book(market)
    order = make_order(member.account, contract, side="buy", price_ticks=4_000, quantity=5)
    initial = initial_of(trader.get(f"/markets/{market.slug}/"))
    market.refresh_from_db()
    assert initial["book"] == {
        "epoch": 0,
        "seq": market.seq,
        "complete": True,
        "contracts": [
            {
                "contract": str(contract.pk),
                "bids": [["0.4400", 10], ["0.4000", 5]],
                "asks": [["0.4600", 30], ["0.4700", 10]],
                "checksum": checksum([(4_400, 10), (4_000, 5)], [(4_600, 30), (4_700, 10)]),
            }
        ],
    }
    assert [row["id"] for row in initial["orders"]] == [str(order.pk)]
    assert initial["account"]["available"] == "998.0000"


def test_market_empty_book_and_tape_say_so(client):
    page = client.get(f"/markets/{make_market().slug}/").content.decode()
    for text in ("Nobody is selling", "Nobody is buying", "No trades yet"):
        assert text in page


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("halted", "Trading is halted"),
        ("closed", "waits to be settled"),
        ("settled", "This market is settled"),
        ("voided", "This market was voided"),
    ],
)
def test_market_not_open_has_no_ticket(trader, status, text):
    page = trader.get(f"/markets/{make_market(status=status).slug}/").content.decode()
    assert text in page
    assert "data-ticket" not in page


def test_market_draft_and_unknown_are_not_found(client):
    assert client.get(f"/markets/{make_market(status='draft').slug}/").status_code == 404
    assert client.get("/markets/none/").status_code == 404


def test_market_slug_of_any_script(client):
    market = make_market(title="Победит ли сборная в 2027?")
    assert client.get(f"/markets/{market.slug}/").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_market_refuses_other_methods(client, method):
    assert getattr(client, method)(f"/markets/{make_market().slug}/").status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_market_fixed_queries(trader, member, django_assert_num_queries, rows):
    market = make_market(outcomes=("A", "B", "C"))
    for contract in list(market.contracts.all())[:rows]:
        maker = make_order(make_account(), contract, side="sell", price_ticks=4_600, filled=5)
        taker = make_order(member.account, contract, side="buy", price_ticks=4_000, filled=1)
        make_trade(maker, taker, quantity=1)
        make_position(member.account, contract, quantity=1, cash_ticks=-4_000)
    # session, user, market, contracts, account, own orders, two for their queues, own positions,
    # book, trades, unread, day, candles, followers, comments, activity
    with django_assert_num_queries(19):
        assert trader.get(f"/markets/{market.slug}/").status_code == 200


def test_market_title_cannot_become_markup(client):
    evil = "</script><script>alert(1)</script>"
    market = make_market(title=evil, outcomes=(f"A{evil}", "B"), slug="evil")
    make_book(market)
    for path in ("/", "/markets/evil/", f"/events/{market.event.slug}/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
    names = [one["name"] for one in initial_of(client.get("/markets/evil/"))["market"]["contracts"]]
    assert names == [f"A{evil}", "B"]


def test_pages_have_no_inline_script_or_style(trader, member):
    market = make_market(outcomes=("Reds", "Blues"))
    make_book(market)
    for path in ("/", f"/markets/{market.slug}/", "/portfolio/", "/portfolio/orders/"):
        page = Client().get(path).content.decode() + trader.get(path).content.decode()
        scripts = re.findall(r"<script(?![^>]*(?:src=|type=\"application/json\"))[^>]*>", page)
        assert scripts == []
        assert re.findall(r"<[^>]+\s(?:style|on\w+)=", page) == []
        assert "<style" not in page


@pytest.mark.parametrize(
    ("quantity", "cash_ticks", "settled_ticks", "text"),
    [
        (10, -20_000, 80_000, "You won +8.00"),
        (-10, 80_000, -20_000, "You lost \N{MINUS SIGN}2.00"),
        (0, 0, 0, "You neither won nor lost"),
    ],
)
def test_market_settled_says_who_won_and_what_it_brought(
    trader, member, quantity, cash_ticks, settled_ticks, text
):
    market = make_market()
    position = make_position(
        member.account, first_contract(market), quantity=quantity, cash_ticks=cash_ticks
    )
    type(position).objects.update(settled_ticks=settled_ticks)
    type(market).objects.update(status="settled", winner=first_contract(market))
    page = trader.get(f"/markets/{market.slug}/").content.decode()
    assert text in page
    assert "Settled: Yes" in page
    assert "You hold nothing" not in page
    assert "data-ladder" not in page
    assert "data-ticket" not in page


def test_market_voided_says_that_everything_was_undone(trader, member):
    market = make_market()
    position = make_position(member.account, first_contract(market), quantity=0, cash_ticks=0)
    type(position).objects.update(settled_ticks=0)
    type(market).objects.update(status="voided")
    page = trader.get(f"/markets/{market.slug}/").content.decode()
    assert "Voided: you have back what you paid" in page


def test_market_ended_says_to_others_that_they_held_nothing(trader):
    market = make_market()
    type(market).objects.update(status="settled", winner=None)
    page = trader.get(f"/markets/{market.slug}/").content.decode()
    assert "You held nothing" in page
    assert "<strong>No</strong> won" in page


def test_market_offers_to_sell_what_is_held_at_the_best_price(trader, member):
    market = make_market()
    contract = first_contract(market)
    make_book(market)
    make_position(member.account, contract, quantity=7, cash_ticks=-28_000)
    link = f"?contract={contract.pk}&amp;side=sell&amp;quantity=7#ticket"
    assert link in trader.get(f"/markets/{market.slug}/").content.decode()
    assert link in trader.get("/portfolio/").content.decode()
    followed = trader.get(f"/markets/{market.slug}/?contract={contract.pk}&side=sell&quantity=7")
    form = followed.context["ticket"].form
    # Selling Yes to the bid of 0.44 is buying No at 0.56.
    values = [form[name].value() for name in ("side", "price", "quantity")]
    assert values == ["sell", "0.56", "7"]


def test_market_calls_the_way_out_of_a_sold_outcome_by_its_name(trader, member):
    market = make_market(outcomes=("Reds", "Blues"))
    make_position(member.account, first_contract(market), quantity=-7, cash_ticks=28_000)
    page = trader.get(f"/markets/{market.slug}/").content.decode()
    assert 'aria-label="Buy back Reds, sold"' in page


@pytest.mark.parametrize(
    ("status", "shown"), [("open", None), ("halted", "halted"), ("closed", "closed")]
)
def test_market_says_what_its_status_means(client, status, shown):
    market = make_market(status=status)

    page = client.get(f"/markets/{market.slug}/").content.decode()

    notes = re.findall(r'data-status-note="(\w+)"( hidden)?>', page)
    assert [name for name, hidden in notes if not hidden] == ([shown] if shown else [])
    assert [name for name, _ in notes] == ["halted", "closed"]


def test_tape_marks_a_cross_which_took_from_nobody(client):
    contract = first_contract(make_market(title="Rain"))
    trade = Trade.objects.create(
        id=1,
        kind="cross",
        market=contract.market,
        contract=contract,
        price_ticks=4_000,
        quantity=1,
        maker_account=make_account(),
        taker_account=make_account(),
        taker_side="sell",
        market_seq=2,
        executed_at=WHEN,
    )

    page = client.get("/markets/rain/").content.decode()

    row = re.search(rf'<tr data-trade="{trade.pk}">.*?</tr>', page, flags=re.DOTALL)[0]
    assert ">Cross</abbr>" in row
    assert "side-" not in row
