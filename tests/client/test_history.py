"""A member's history in a file: what follows from it, and that a change of it is seen."""

import pytest
from likely_client import HistoryError, replay
from likely_client.cli.main import main

pytestmark = pytest.mark.process


@pytest.fixture
def history(client_of, ann, slugs, tmp_path):
    cem, league = client_of("cem"), slugs["League"]
    ann.buy(league, "Greens", price="0.20", quantity=8)
    cem.sell(league, "Greens", price="0.20", quantity=5)
    cem.cancel(cem.buy(league, "Reds", price="0.10", quantity=1))
    ann.cancel_all(market=league)
    path = tmp_path / "history.ndjson"
    return cem, path, cem.download_history(path)


def test_money_and_positions_follow_from_the_history(history):
    cem, path, replayed = history
    assert replayed.wrong == ()
    assert replayed.balance == cem.balance().balance
    assert replayed.positions == {row.contract: row.quantity for row in cem.positions()}
    assert replayed.fills == len(cem.fills(limit=None)) > 0
    assert replay(path) == replayed
    again = path.with_name("again.ndjson")
    assert cem.download_history(again).digest == replayed.digest
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("kind", ["fill", "transfer", "order"])
def test_line_that_is_missing_is_seen(history, kind):
    _, path, _ = history
    lines = path.read_bytes().splitlines(keepends=True)
    gone = next(line for line in lines if line.startswith(f'{{"{kind}"'.encode()))
    lines.remove(gone)
    path.write_bytes(b"".join(lines))
    wrong = " ".join(replay(path).wrong)
    assert "one was changed" in wrong
    assert ("the fills of contract" in wrong) == (kind == "fill")
    assert ("the ledger comes to" in wrong) == (kind == "transfer")


def test_file_that_is_no_history_is_refused(tmp_path):
    path = tmp_path / "x"
    for content in (b"", b"{}", b"not json", b'{"fill":{}}'):
        path.write_bytes(content)
        with pytest.raises(HistoryError):
            replay(path)


def test_command_line_exports_and_replays(site, keys, history, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("LIKELY_SITE", site.url)
    monkeypatch.setenv("LIKELY_KEY", keys["cem"])
    path = tmp_path / "mine.ndjson"
    assert main(["export", str(path)]) == 0
    assert f"digest {history[2].digest}" in capsys.readouterr().out
    assert main(["replay", str(path)]) == 0
    path.write_bytes(path.read_bytes().replace(b'"price":"0.2', b'"price":"0.3', 1))
    assert main(["replay", str(path)]) == 1
    assert main(["replay", str(tmp_path / "nothing")]) == 2
