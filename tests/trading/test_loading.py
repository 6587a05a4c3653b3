"""manage.py load_orders: real order flow through the whole exchange."""

import json

import pytest
from django.core.management import CommandError, call_command

from exchange.engine import Engine
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading.books import load_books
from exchange.trading.checks import run_checks
from exchange.trading.models import InboxCommand, Order, Shard, Trade
from tests.flow import FLOWS, Flow

pytestmark = pytest.mark.django_db(transaction=True)


def assert_whole() -> None:
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def scaled(levels, factor):
    return [(price * factor, quantity) for price, quantity in levels]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_recorded_flow_leaves_the_book_the_engine_alone_makes(flow: Flow):
    if not flow.path.exists():
        pytest.skip("the recorded flow is not beside this repository")
    call_command("load_orders", str(flow.path), payout=flow.payout)
    assert InboxCommand.objects.count() == 0
    placed = sum(command["type"] == "PlaceOrder" for command in flow.read())
    assert Order.objects.count() == placed
    factor = 10_000 // flow.payout
    engines = {row.number: load_books(row.number, epoch=0).engine for row in Shard.objects.all()}
    for contract, (bids, asks) in flow.final_depths().items():
        depth = site_depth(engines, contract)
        assert depth == (scaled(bids, factor), scaled(asks, factor))
    assert_whole()


def site_depth(engines: dict[int, Engine], number: int):
    market = Market.objects.get(contracts__name=f"Contract {number}")
    depth = engines[market.shard].depth(market.contracts.get(name=f"Contract {number}").pk)
    return depth.bids, depth.asks


def write(tmp_path, *lines):
    file = tmp_path / "flow.ndjson"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(file)


OPEN = {"type": "OpenMarket", "market": 1, "contracts": [1], "time": 0}
PLACE = {
    "type": "PlaceOrder",
    "order": 1,
    "account": 3,
    "contract": 1,
    "side": "buy",
    "kind": "limit",
    "price_ticks": 45,
    "quantity": 10,
    "tif": "GTC",
}


def test_file_is_loaded_with_ids_and_prices_of_the_site(tmp_path, capsys):
    settle = [
        {"type": "CloseMarket", "market": 1},
        {"type": "SettleMarket", "market": 1, "winner": 1},
    ]
    call_command("load_orders", write(tmp_path, OPEN, PLACE, *settle), payout=100)
    order = Order.objects.get()
    assert (order.price_ticks, order.status, order.reason) == (4_500, "cancelled", "market_closed")
    assert Account.objects.get(code="flow-3").balance_ticks == 10**13
    assert Market.objects.get().status == "settled"
    assert Trade.objects.count() == 0
    assert "4 commands in" in capsys.readouterr().out
    assert_whole()


@pytest.mark.parametrize(
    ("lines", "payout", "message"),
    [
        ([OPEN], 3, "must divide 10000"),
        ([OPEN, PLACE | {"contract": 9}], 100, "9 is missing or unknown"),
        ([{"type": "Dance"}], 100, "'Dance' cannot be loaded"),
        ([{"type": "VoidTrade", "trade": 1}], 100, "the exchange does not offer it"),
        ([OPEN, PLACE | {"quantity": "5"}], 100, "quantity must be an integer"),
        ([{"type": "CancelAll", "account": 1}], 100, "'CancelAll' cannot be loaded"),
        ([[1]], 100, "line 1: not an object"),
    ],
)
def test_bad_file_is_refused_with_the_reason(tmp_path, lines, payout, message):
    with pytest.raises(CommandError, match=message):
        call_command("load_orders", write(tmp_path, *lines), payout=payout)


def test_missing_file_is_refused():
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_orders", "nowhere.ndjson")
