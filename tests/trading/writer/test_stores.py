"""What the writer says arrives in the connected database as it was said."""

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from exchange.trading.models import DeadLetter, Order, Outcome
from exchange.trading.writer import open_store, postgresql, sqlite, statements
from tests.factories import first_contract, make_account, make_market, make_order

pytestmark = pytest.mark.django_db
NOW = "2026-03-01 12:00:00.123000"
TEXTS = ["", "None", "\\N", "\\", "a\tb", "a\nb\r\n", "\\.", "{x}", "%s", "é\u2028", '"', "NULL"]


def letter(number, text):
    return (number, 0, "PlaceOrder", text, text, NOW)


@pytest.mark.parametrize("text", TEXTS)
def test_free_text_arrives_as_it_was_typed(text):
    with transaction.atomic(), open_store().insert(statements.DEAD_LETTERS) as sink:
        sink.write([letter(1, text)])
    assert DeadLetter.objects.values_list("payload", "error").get() == (text, text)


def test_numbers_that_are_not_there_arrive_as_null():
    with transaction.atomic(), open_store().insert(statements.OUTCOMES) as sink:
        sink.write([(1, "CancelOrder", "", None, 7, NOW, "")])
        sink.write([(2, "CancelOrder", "unknown_order", 5, None, NOW, "")])
    found = Outcome.objects.order_by("pk").values_list("market_seq", "account_seq", "reason")
    assert list(found) == [(None, 7, ""), (5, None, "unknown_order")]


def test_times_arrive_to_the_millisecond():
    with transaction.atomic(), open_store().insert(statements.OUTCOMES) as sink:
        sink.write([(1, "CancelOrder", "", None, None, NOW, "")])
    assert Outcome.objects.get().decided_at.isoformat() == "2026-03-01T12:00:00.123000+00:00"


def test_no_rows_are_fine():
    with transaction.atomic():
        store = open_store()
        with store.insert(statements.OUTCOMES) as sink:
            sink.write([])
        with store.together():
            store.change(statements.CHANGE_ORDERS, [])
    assert Outcome.objects.count() == 0


def test_change_leaves_words_that_are_not_given():
    order = make_order(make_account(), first_contract(make_market()), status="new")
    other = make_order(make_account(), first_contract(make_market()), status="new")
    with transaction.atomic():
        store = open_store()
        with store.together():
            store.change(
                statements.CHANGE_ORDERS,
                [
                    (4, 6, 0, 400, "partially_filled", None, 9, 3, NOW, order.pk),
                    (0, 0, 10, 0, None, "", 9, 4, NOW, other.pk),
                ],
            )
    columns = ("filled_quantity", "open_quantity", "cancelled_quantity", "status", "reason")
    assert Order.objects.values_list(*columns).get(pk=order.pk) == (4, 6, 0, "partially_filled", "")
    assert Order.objects.values_list(*columns).get(pk=other.pk) == (0, 0, 10, "new", "")


def test_how_many_rows_a_statement_changed_is_known():
    market = make_market()
    with transaction.atomic():
        store = open_store()
        with store.together():
            none = store.execute(statements.END_MARKET, (None, NOW, 0))
            one = store.execute(statements.END_MARKET, (None, NOW, market.pk))
    assert (none.rowcount, one.rowcount) == (0, 1)


def test_row_that_exists_is_an_error_of_django():
    row = (1, "Tick", "", None, None, NOW, "")
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        open_store().insert(statements.OUTCOMES) as sink,
    ):
        sink.write([row, row])
    assert Outcome.objects.count() == 0


def test_change_that_breaks_a_rule_is_an_error_of_django():
    order = make_order(make_account(), first_contract(make_market()))
    row = (0, -1, 0, 0, None, None, 1, 1, NOW, order.pk)
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():  # noqa: PT012 -- as above
        store = open_store()
        with store.together():
            store.change(statements.CHANGE_ORDERS, [row])


def test_error_between_rows_throws_them_away():
    with (  # noqa: PT012 -- as above
        pytest.raises(RuntimeError),
        transaction.atomic(),
        open_store().insert(statements.OUTCOMES) as sink,
    ):
        sink.write([(1, "Tick", "", None, None, NOW, "")])
        raise RuntimeError("a bug elsewhere")
    assert Outcome.objects.count() == 0


def outcome(number):
    return (number, "Tick", "", None, number, NOW, "")


@pytest.mark.parametrize("count", [0, 1, 8, 9, 30])
def test_rows_that_may_wait_are_there_when_the_changes_are_made(count):
    with transaction.atomic():
        store = open_store()
        with store.insert(statements.OUTCOMES, may_wait=True) as sink:
            for number in range(count):
                sink.write([outcome(number)])
        with store.together():
            pass
        with store.together():  # and they are said once
            pass
    found = Outcome.objects.order_by("pk").values_list("pk", "account_seq", "market_seq")
    assert list(found) == [(number, number, None) for number in range(count)]


@pytest.mark.parametrize("text", TEXTS)
def test_free_text_that_may_wait_arrives_as_it_was_typed(text):
    with transaction.atomic():
        store = open_store()
        with store.insert(statements.DEAD_LETTERS, may_wait=True) as sink:
            sink.write([letter(1, text)])
        with store.together():
            pass
    letters = DeadLetter.objects.values_list("payload", "error", "created_at")
    payload, error, created_at = letters.get()
    assert (payload, error) == (text, text)
    assert created_at.isoformat() == "2026-03-01T12:00:00.123000+00:00"


def test_row_that_exists_is_an_error_also_where_it_waited():
    with pytest.raises(IntegrityError), transaction.atomic():  # noqa: PT012 -- as above
        store = open_store()
        with store.insert(statements.OUTCOMES, may_wait=True) as sink:
            sink.write([outcome(1), outcome(1)])
        with store.together():
            pass
    assert Outcome.objects.count() == 0


CHANGES = [made for made in vars(statements).values() if isinstance(made, statements.Change)]


@pytest.mark.parametrize("change", CHANGES)
def test_both_databases_take_as_many_values(change):
    columns = len(change.columns)
    assert sqlite.change_statement(change).count("?") == columns
    assert postgresql.change_statement(change).count("%s::") == columns


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no planner settings")
def test_changes_of_orders_go_by_index_whatever_the_table_holds():
    with transaction.atomic():
        open_store()
        values = ["{1}"] * len(statements.CHANGE_ORDERS.columns)
        values[8] = "{2026-03-01}"
        with connection.cursor() as cursor:
            statement = postgresql.change_statement(statements.CHANGE_ORDERS)
            cursor.execute(f"EXPLAIN {statement}", values)
            plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using trading_order_pkey" in plan
