"""Each check of manage.py check_exchange notices what it is there for."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from exchange.engine.exposure import exposure_ticks
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading import journal, lease
from exchange.trading.models import JournalBatch, MarketExposure, Order, Position, Shard
from tests.factories import first_contract, make_account, make_market, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


def journal_them():
    """Rows that tests write have no journal behind them: give their markets one."""
    events = [
        {"market": market, "seq": seq}
        for market, last in Market.objects.values_list("pk", "seq")
        for seq in range(1, last + 1)
    ]
    lease.ensure_shards([0])
    batch = JournalBatch(shard=0, number=1, epoch=1, time_ms=0, facts="{}")
    batch.entries = json.dumps([[None, {}, events]])
    batch.digest = journal.chain_of("0" * 64, batch)
    batch.save()
    Shard.objects.filter(number=0).update(journal_number=1, digest=batch.digest)


def failing(capsys) -> list[str]:
    with pytest.raises(SystemExit) as stopped:
        call_command("check_exchange")
    assert stopped.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    return [line[5:] for line in lines if line.startswith("FAIL")]


def test_whole_exchange_passes(books, capsys):
    make_order(make_account(), first_contract(make_market()))
    journal_them()
    call_command("check_exchange")
    assert "FAIL" not in capsys.readouterr().out


def test_money_from_nowhere_is_noticed(capsys):
    make_account()
    Account.objects.filter(kind="member").update(balance_ticks=5)
    assert failing(capsys) == ["1 balances sum to 0", "1 balances are their transfers"]


def test_wrong_exposure_is_noticed(capsys):
    order = make_order(make_account(), first_contract(make_market()))
    MarketExposure.objects.filter(account=order.account).update(exposure_ticks=1)
    journal_them()
    assert failing(capsys) == ["3 exposures are what they should be"]


def test_crossed_book_is_noticed(books, capsys):
    contract = first_contract(make_market())
    make_order(make_account(), contract, side="buy", price_ticks=6_000)
    make_order(make_account(), contract, side="sell", price_ticks=5_000)
    journal_them()
    assert failing(capsys) == ["4 books are whole and not crossed"]


def test_lost_journal_row_is_noticed(one_shard, books, capsys):
    books.open(make_market(status="draft"))
    Shard.objects.update(journal_number=2)
    assert failing(capsys) == ["6 journal has no gap"]


def test_market_beyond_its_journal_is_noticed(one_shard, books, capsys):
    market = books.open(make_market(status="draft"))
    Market.objects.filter(pk=market.pk).update(seq=2)
    assert failing(capsys) == ["6 seqs have no gap"]


def test_fills_without_trades_are_noticed(capsys):
    order = make_order(make_account(), first_contract(make_market()))
    Order.objects.filter(pk=order.pk).update(filled_quantity=10, open_quantity=0)
    journal_them()
    assert failing(capsys) == ["3 exposures are what they should be", "8 order quantities add up"]


def test_one_sided_position_is_noticed(capsys):
    account, contract = make_account(), first_contract(make_market())
    exposure = exposure_ticks(-5, [1], [0], [0], 10_000, True)
    Position.objects.create(
        account=account, market=contract.market, contract=contract, quantity=1, cash_ticks=-5
    )
    MarketExposure.objects.create(account=account, market=contract.market, exposure_ticks=exposure)
    Account.objects.filter(pk=account.pk).update(exposure_ticks=exposure)
    journal_them()
    assert failing(capsys) == ["4 books are whole and not crossed", "8 positions sum to 0"]


def test_reference_to_nothing_is_noticed(capsys):
    order = make_order(make_account(), first_contract(make_market()), cancelled=10)
    Order.objects.filter(pk=order.pk).update(user_id=10**9)
    journal_them()
    assert failing(capsys) == ["8 rows refer to what exists"]


@pytest.mark.parametrize("table", ["trading_trade", "trading_journalbatch", "ledger_transfer"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_append_only_tables_are_guarded(table, verb):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        assert f"{table}_no_{verb.lower()}" in {name for (name,) in cursor.fetchall()}


def test_ledger_check_prints_the_total(capsys):
    make_account()
    call_command("ledger", "check")
    assert capsys.readouterr().out == "total 0.0000\n"


@pytest.mark.parametrize("table", ["ledger_transfer"])
def test_append_only_table_refuses_changes(table):
    make_account()
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET reference = 'x'")
