"""manage.py replay MARKET: its book from the journal, and the queue that a trade was won in."""

import pytest

from exchange.trading.models import Order, Shard, Trade
from tests.factories import make_market
from tests.trading.journals.scenes import change_batch, lose_batch, run, trade_in_two_markets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture
def markets(one_shard, books):
    return trade_in_two_markets()


def test_replay_prints_the_book_of_the_journal(markets, capsys):
    rain, contract = markets[0], markets[0].contracts.get()
    code, lines = run(capsys, "replay", rain.slug)
    assert code == 0
    assert lines[:-1] == [
        f"Rain?: open, seq {rain.seq}, shard 0 after batch {Shard.objects.get().journal_number}",
        f"Yes (contract {contract.pk}): last 0.60",
        "  sell    0.60            5  1 orders",
        "  buy     0.20            1  1 orders",
    ]
    assert lines[-1].startswith("digest ")


def test_replay_of_a_closed_market_prints_no_levels(markets, capsys):
    snow = markets[1]
    much, little = snow.contracts.order_by("position")
    code, lines = run(capsys, "replay", str(snow.pk))
    assert code == 0
    assert lines[0].startswith(f"Snow?: closed, seq {snow.seq}, ")
    assert lines[1:-1] == [
        f"Much (contract {much.pk}): last 0.30",
        f"Little (contract {little.pk}): no trade yet",
    ]


def test_explain_prints_the_queue_before_the_command(markets, capsys):
    trade = Trade.objects.get(market=markets[0])
    second = Order.objects.get(market=markets[0], side="sell", open_quantity=5)
    code, lines = run(capsys, "replay", markets[0].slug, "--explain", str(trade.pk))
    assert code == 0
    maker = f"order {trade.maker_order_id} of account {trade.maker_account_id}"
    explained = lines[lines.index(next(line for line in lines if line.startswith("trade "))) :]
    assert explained[0].startswith(
        f"trade {trade.pk} (book): 10 of contract {trade.contract_id} at 0.6000, "
    )
    assert explained[1].startswith(f"by command {trade.taker_order_id} (PlaceOrder) in batch ")
    assert explained[2:] == [
        f"maker: {maker} sells",
        f"taker: order {trade.taker_order_id} of account {trade.taker_account_id}",
        "The queue before the command, best price first, then the oldest (2 orders):",
        f"  1. 10 at 0.6000, {maker}, since seq 2  <- this trade",
        f"  2. 5 at 0.6000, order {second.pk} of account {second.account_id}, since seq 3",
    ]


def test_trade_of_another_market_is_not_explained(markets, capsys):
    trade = Trade.objects.get(market=markets[1])
    code, lines = run(capsys, "replay", markets[0].slug, "--explain", str(trade.pk))
    assert (code, lines) == (2, [f"trade {trade.pk} is of market {markets[1].pk}"])


def test_trade_that_is_not_in_the_journal_is_told(markets, capsys):
    code, lines = run(capsys, "replay", markets[0].slug, "--explain", "77")
    assert (code, lines[-1]) == (1, "trade 77 is not in the journal")


def test_changed_row_is_told_for_its_market_only(markets, capsys):
    order = Order.objects.get(market=markets[0], side="sell", open_quantity=5)
    Order.objects.filter(pk=order.pk).update(open_quantity=4, cancelled_quantity=1)
    code, lines = run(capsys, "replay", markets[0].slug)
    assert code == 1
    assert lines[-1] == f"FAIL order {order.pk}: open quantity 4 in the rows, 5 in the journal"
    assert run(capsys, "replay", markets[1].slug)[0] == 0


@pytest.mark.parametrize("damage", [lose_batch, lambda number: change_batch(number, epoch=9)])
def test_damaged_journal_is_not_replayed(markets, capsys, damage):
    damage(4)
    code, lines = run(capsys, "replay", markets[0].slug)
    assert code == 1
    assert lines[0].startswith("shard 0 batch 4: ")


def test_market_of_an_exchange_that_never_ran_cannot_be_replayed(db, capsys):
    market = make_market(status="draft")
    code, lines = run(capsys, "replay", market.slug)
    assert (code, lines) == (2, ["there is no journal yet: no book worker has run"])


def test_draft_is_said_to_be_one(markets, capsys):
    draft = make_market(status="draft", title="Hail?")
    code, lines = run(capsys, "replay", draft.slug)
    assert code == 0
    assert lines[0].startswith("Hail?: never opened, shard 0 after batch ")


def test_unknown_market_is_told(db, capsys):
    code, lines = run(capsys, "replay", "9" * 30)
    assert (code, lines) == (2, [f"there is no market {'9' * 30}: give its slug or its id"])
