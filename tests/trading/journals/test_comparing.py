"""manage.py journal compare: the books of the rows and those of the journal."""

import pytest
from django.db.models import F

from exchange.markets.models import Contract, Market
from exchange.trading.journals.comparing import compare_shard
from exchange.trading.models import Order, Position, Shard
from tests.factories import make_member
from tests.notifications.scenes import place
from tests.trading.journals.scenes import change_batch, lose_batch, run, trade_in_two_markets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture
def rain(one_shard, books):
    return trade_in_two_markets()[0]


def wrong() -> tuple[str, ...]:
    compared = compare_shard(0)
    assert compared.rows_digest != compared.journal_digest
    return compared.wrong


def test_compare_finds_both_books_equal(rain, capsys):
    number, digest = Shard.objects.get().journal_number, compare_shard(0).journal_digest
    assert compare_shard(0).rows_digest == digest
    assert run(capsys, "journal", "compare") == (
        0, [f"ok   shard 0 after batch {number}: {digest}"]
    )  # fmt: skip


def test_compare_of_an_empty_database_finds_nothing(db, capsys):
    assert run(capsys, "journal", "compare") == (0, [])


def test_compare_of_an_unknown_shard_cannot_be_run(rain, capsys):
    assert run(capsys, "journal", "compare", "--shard", "1") == (2, ["there is no shard 1"])


def test_changed_order_is_told_by_both_its_values(rain, capsys):
    order = Order.objects.filter(market=rain, open_quantity__gt=0).first()
    Order.objects.filter(pk=order.pk).update(
        open_quantity=F("open_quantity") - 1, cancelled_quantity=1
    )
    opened = order.open_quantity
    line = f"order {order.pk}: open quantity {opened - 1} in the rows, {opened} in the journal"
    assert wrong() == (line,)
    code, lines = run(capsys, "journal", "compare")
    assert (code, lines[1:]) == (1, [f"     {line}"])


def test_order_that_is_missing_in_the_rows_is_told(rain):
    order = Order.objects.filter(market=rain, open_quantity__gt=0).first()
    Order.objects.filter(pk=order.pk).update(open_quantity=0, cancelled_quantity=F("open_quantity"))
    assert wrong() == (f"order {order.pk}: in the journal, not in the rows",)


def test_changed_market_position_and_price_are_told(rain):
    contract = Contract.objects.get(market=rain)
    Market.objects.filter(pk=rain.pk).update(seq=F("seq") + 5)
    Contract.objects.filter(pk=contract.pk).update(last_price_ticks=1)
    held = Position.objects.filter(market=rain, quantity__gt=0).first()
    Position.objects.filter(pk=held.pk).update(cash_ticks=F("cash_ticks") + 1)
    before, place = held.cash_ticks, f"position in market {rain.pk} of account {held.account_id}"
    assert wrong() == (
        f"contract {contract.pk}: last price 1 in the rows, 6000 in the journal",
        f"market {rain.pk}: seq {rain.seq + 5} in the rows, {rain.seq} in the journal",
        f"{place}: cash {before + 1} in the rows, {before} in the journal",
    )


def test_orders_in_another_order_are_told(rain):
    sells = Order.objects.filter(market=rain, side="sell", price_ticks=6_000)
    Order.objects.filter(pk=sells.get(open_quantity__gt=0).pk).update(accepted_seq=2_000)
    (line,) = wrong()
    assert line.endswith(": seq 2000 in the rows, 3 in the journal")


def test_rows_that_make_no_book_are_told(rain):
    Market.objects.filter(pk=rain.pk).update(status="settled")
    (line,) = wrong()
    assert line.startswith("shard 0: the rows make no book: ")


@pytest.mark.parametrize("damage", [lose_batch, lambda number: change_batch(number, epoch=9)])
def test_damaged_journal_is_told_and_has_no_digest(rain, damage):
    damage(3)
    compared = compare_shard(0)
    assert compared.journal_digest is None
    assert compared.rows_digest is not None
    assert [line.startswith("shard 0 batch 3: ") for line in compared.wrong] == [True]


def test_order_with_terms_of_its_own_is_read_back_with_them(rain):
    """A restarted owner goes on with the same books, which only a comparison shows."""
    place(make_member(), rain, "buy", 1_000, 1, stp="allow")
    compared = compare_shard(0)
    assert compared.wrong == ()
    assert compared.rows_digest == compared.journal_digest
