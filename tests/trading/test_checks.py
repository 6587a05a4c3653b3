"""Each check of manage.py check_exchange notices what it is there for."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from core.ids import new_id
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading import checks, inbox
from exchange.trading.checks import make_checks, run_checks
from exchange.trading.models import (
    CommandKey,
    MarketExposure,
    Order,
    Outcome,
    Position,
    Shard,
    Trade,
)
from exchange.trading.subscribing.models import JournalCursor
from tests.factories import make_account
from tests.trading.journals.scenes import (
    change_batch,
    lose_batch,
    run,
    trade_in_two_markets,
    writable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]

# A subscriber of the journal brings its own.
CHECKS = 13 + len(settings.JOURNAL_SUBSCRIBER_CHECKS)
BOOKS = "4 books are those of the journal"
EVENTS = "7 rows are what the events say"
QUANTITIES = "8 order quantities add up"
EXPOSURES = "3 exposures are what they should be"


@pytest.fixture
def rain(one_shard, books):
    return trade_in_two_markets()[0]


def wrong() -> dict[str, list[str]]:
    return {name: lines for name, lines in run_checks() if lines}


def resting(market) -> Order:
    return Order.objects.get(market=market, open_quantity=5)


def test_whole_exchange_passes(rain, capsys):
    code, lines = run(capsys, "check_exchange")
    assert (code, [line[:5] for line in lines]) == (0, ["ok   "] * CHECKS)


def test_empty_exchange_passes(db, capsys):
    code, lines = run(capsys, "check_exchange")
    assert (code, [line[:5] for line in lines]) == (0, ["ok   "] * CHECKS)


def test_failing_check_is_printed_with_its_differences(rain, capsys):
    Shard.objects.update(journal_number=F("journal_number") + 1)
    code, lines = run(capsys, "check_exchange")
    end = Shard.objects.get().journal_number
    line = f"shard 0 batch {end}: is the last there should be, the journal ends at {end - 1}"
    assert code == 1
    assert [text for text in lines if not text.startswith("ok")] == [
        "FAIL 4 books are those of the journal",
        f"     {line}",
        "FAIL 6 journal has no gap",
        f"     {line}",
    ]


def test_number_of_queries_does_not_depend_on_the_rows(rain):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert wrong() == {}
        counts.append(len(queries))
        trade_in_two_markets()
    assert counts[0] == counts[1]


def test_progress_is_told_for_each_check_and_each_batch_read(rain):
    names, steps = [], []
    list(make_checks(starting=names.append, seen=lambda: steps.append(1)))
    assert len(names) == CHECKS
    assert len(steps) == checks.count_steps() == CHECKS - 3 + 3 * Shard.objects.get().journal_number


def test_no_more_than_a_hundred_differences_are_told(rain, monkeypatch):
    monkeypatch.setattr(checks, "_TOLD_MAX", 1)
    Account.objects.filter(kind="member").update(balance_ticks=F("balance_ticks") + 1)
    assert wrong()["1 balances are their transfers"][1:] == ["... and more"]


def test_money_from_nowhere_is_noticed(rain):
    account = Account.objects.filter(kind="member").order_by("pk").first()
    Account.objects.filter(pk=account.pk).update(balance_ticks=F("balance_ticks") + 5)
    expected = account.balance_ticks
    assert wrong() == {
        "1 balances sum to 0": ["all balances sum to 5 ticks, not 0"],
        "1 balances are their transfers": [
            f"{account.code}: balance {expected + 5} ticks, transfers say {expected}"
        ],
    }


def test_wrong_exposure_is_noticed(rain):
    row = MarketExposure.objects.filter(exposure_ticks__gt=0).first()
    MarketExposure.objects.filter(pk=row.pk).update(exposure_ticks=1)
    place = f"account {row.account_id} in market {row.market_id}"
    assert wrong() == {EXPOSURES: [f"{place}: 1, not {row.exposure_ticks}"]}


def test_wrong_exposure_of_an_account_is_noticed(rain):
    idle = make_account()
    Account.objects.filter(pk=idle.pk).update(exposure_ticks=7)
    assert wrong() == {EXPOSURES: [f"account {idle.pk}: exposure 7, not 0"]}


def test_crossed_book_is_noticed(rain):
    Order.objects.filter(market=rain, open_quantity__gt=0, side="buy").update(price_ticks=7_000)
    assert "4 books are whole and not crossed" in wrong()


def test_lost_batch_is_noticed(rain):
    lose_batch(4)
    found = wrong()
    assert found["6 journal has no gap"] == ["shard 0 batch 4: is missing, 5 comes next"]
    assert set(found) == {BOOKS, "6 journal has no gap", EVENTS}


def test_changed_batch_is_noticed(rain):
    change_batch(4, time_ms=1)
    line = "shard 0 batch 4: its digest does not fit: it was changed"
    assert wrong() == {BOOKS: [line], "6 journal has no gap": [line]}


def test_unreadable_batch_is_noticed(rain):
    change_batch(4, entries="torn")
    assert wrong()[EVENTS][0].startswith("shard 0 batch 4: its entries cannot be read: ")


def test_market_beyond_its_journal_is_noticed(rain):
    Market.objects.filter(pk=rain.pk).update(seq=rain.seq + 2)
    line = f"market {rain.pk} stands at seq {rain.seq + 2}, its journal at {rain.seq}"
    assert wrong()[EVENTS] == [line]


def test_outcome_that_is_not_in_the_journal_is_noticed(rain):
    outcome = Outcome.objects.first()
    Outcome.objects.filter(pk=outcome.pk).update(command_id=outcome.pk + 4_096)
    assert wrong() == {
        EVENTS: [
            f"command {outcome.pk}: judged 1 times, has 0 outcomes",
            f"command {outcome.pk + 4_096}: judged 0 times, has 1 outcomes",
        ]
    }


def test_judged_command_that_waits_is_noticed(rain):
    order = resting(rain)
    inbox.put([inbox.new_row(command_id=order.pk, shard=0, command={"type": "PlaceOrder"})])
    assert wrong() == {
        "7 commands wait or are judged": [
            f"command {order.pk}: is judged, and waits to be judged again"
        ]
    }


def test_command_of_a_key_that_is_nowhere_is_noticed(rain):
    account, lost = make_account(), new_id()
    CommandKey.objects.create(
        account=account, client_order_id="mine", body_hash="", command_id=lost
    )
    assert wrong() == {
        "7 commands wait or are judged": [
            f"command {lost}: account {account.pk} sent it, and it is nowhere"
        ]
    }


def test_order_whose_fills_are_not_its_trades_is_noticed(rain):
    order = resting(rain)
    Order.objects.filter(pk=order.pk).update(filled_quantity=5, open_quantity=0)
    found = wrong()
    assert found[QUANTITIES] == [f"order {order.pk}: 5 filled for 0 ticks, trades say 0 for 0"]
    assert set(found) == {EXPOSURES, BOOKS, QUANTITIES}


def test_changed_trade_is_noticed(rain):
    trade = Trade.objects.get(market=rain)
    with writable("trading_trade"):
        Trade.objects.filter(pk=trade.pk).update(quantity=9)
    found = wrong()
    assert set(found) == {EVENTS, QUANTITIES, "8 positions are what was traded"}
    assert [line.startswith(f"trade {trade.pk}: kind book ") for line in found[EVENTS]] == [True]
    assert len(found[QUANTITIES]) == 2
    assert len(found["8 positions are what was traded"]) == 2


def test_trade_worse_than_a_limit_is_noticed(rain):
    trade = Trade.objects.get(market=rain)
    Order.objects.filter(pk=trade.taker_order_id).update(price_ticks=trade.price_ticks - 1)
    line = f"trade {trade.pk}: its price of {trade.price_ticks} ticks is worse than a limit"
    assert wrong() == {"9 no trade is worse than a limit": [line]}


def test_one_sided_position_is_noticed(rain):
    held = Position.objects.filter(market=rain, quantity__gt=0).get()
    Position.objects.filter(pk=held.pk).update(quantity=held.quantity + 1)
    place, cash = f"account {held.account_id} in contract {held.contract_id}", held.cash_ticks
    now, then = f"{held.quantity + 1} for {cash}", f"{held.quantity} for {cash}"
    assert wrong()["8 positions are what was traded"] == [
        f"contract {held.contract_id}: 1 held, 0 ticks paid",
        f"{place}: holds {now} ticks, trades say {then}",
    ]


def test_subscriber_beyond_the_journal_is_noticed(rain):
    JournalCursor.objects.create(subscriber="fast", shard=0, number=1_000)
    end = Shard.objects.get().journal_number
    assert wrong() == {
        "11 subscribers follow the journal": [
            f"fast, shard 0: 1000, beyond the journal's end at {end}"
        ]
    }


def test_ledger_check_prints_the_total(db, capsys):
    make_account()
    call_command("ledger", "check")
    assert capsys.readouterr().out == "total 0.0000\n"


@pytest.mark.parametrize("table", ["ledger_transfer"])
def test_append_only_table_refuses_changes(db, table):
    make_account()
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET reference = 'x'")


def test_reference_to_nothing_is_noticed(rain):
    order = resting(rain)
    Order.objects.filter(pk=order.pk).update(user_id=10**9)
    assert wrong() == {
        "8 rows refer to what exists": [f"Order {order.pk}: its user_id names nothing"]
    }


@pytest.mark.parametrize("table", ["trading_trade", "trading_journalbatch", "ledger_transfer"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_append_only_tables_are_guarded(db, table, verb):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        assert f"{table}_no_{verb.lower()}" in {name for (name,) in cursor.fetchall()}
