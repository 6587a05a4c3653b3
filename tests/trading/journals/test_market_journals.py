"""manage.py journal export --market: a journal that the engine's own program re-runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.engine import Engine
from exchange.engine.journal import read_payloads, replay
from exchange.ledger.models import Account
from exchange.trading.books import load_books
from exchange.trading.models import Trade
from tests.notifications.scenes import lifecycle, place
from tests.running import ROOT
from tests.trading.journals.scenes import change_batch, lose_batch, run, trade_in_two_markets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture
def markets(one_shard, books):
    return trade_in_two_markets()


def replayed(path) -> dict[str, object]:
    command = [sys.executable, "-m", "exchange.engine", "replay", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_exported_market_is_replayed_by_the_engine_to_the_same_digest(markets, tmp_path, capsys):
    for market in markets:
        code, (path, summary) = run(
            capsys, "journal", "export", str(tmp_path), "--market", market.slug
        )
        assert (code, path) == (0, str(tmp_path / f"market-{market.pk}.journal"))
        assert replayed(path) == json.loads(summary)
        assert json.loads(summary)["trades"] == Trade.objects.filter(market=market).count() == 1
        _, lines = run(capsys, "replay", str(market.pk))
        assert f"digest {json.loads(summary)['digest']}" in lines
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"market-{market.pk}.journal" for market in markets
    )


def test_exported_market_has_the_book_of_the_rows(markets, tmp_path, capsys):
    rain = markets[0]
    _, (path, _) = run(capsys, "journal", "export", str(tmp_path), "--market", rain.slug)
    with Path(path).open("rb") as file:
        alone: Engine = replay(read_payloads(file, print)).run.engine
    together = load_books(0, epoch=1).engine
    (contract,) = together.contracts_of(rain.pk)
    assert list(alone.open_orders(contract)) == list(together.open_orders(contract))
    assert alone.market_seq(rain.pk) == together.market_seq(rain.pk) == rain.seq
    for account in Account.objects.filter(kind="member"):
        assert alone.holding(account.pk, rain.pk) == together.holding(account.pk, rain.pk)


def test_order_refused_for_a_suspended_account_keeps_its_seq(markets, tmp_path, capsys):
    rain = markets[0]
    account = Account.objects.filter(kind="member").first()
    Account.objects.filter(pk=account.pk).update(is_suspended=True)
    account.owner.account = account
    place(account.owner, rain, "buy", 1_000, 1)
    lifecycle(rain, "void")
    _, (path, summary) = run(capsys, "journal", "export", str(tmp_path), "--market", rain.slug)
    assert replayed(path) == json.loads(summary)


def test_market_that_is_not_there_cannot_be_exported(db, tmp_path, capsys):
    code, lines = run(capsys, "journal", "export", str(tmp_path), "--market", "nowhere")
    assert (code, lines) == (2, ["there is no market nowhere: give its slug or its id"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [lose_batch, lambda number: change_batch(number, epoch=9)])
def test_damaged_journal_exports_no_market(markets, tmp_path, capsys, damage):
    damage(4)
    code, lines = run(capsys, "journal", "export", str(tmp_path), "--market", markets[0].slug)
    assert code == 1
    assert lines[0].startswith("shard 0 batch 4: ")
    assert not (tmp_path / f"market-{markets[0].pk}.journal").exists()
