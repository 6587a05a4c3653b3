"""`likely converge`: replicas that all come to the site's books, and what is said where not."""

import io
import json
import threading

import pytest
from likely_client.cli.converging import differing_seqs
from likely_client.cli.main import main


@pytest.mark.parametrize(
    ("seen", "differing"),
    [
        ([], []),
        ([{1: "a", 2: "b"}, {2: "b", 3: "c"}], []),
        ([{1: "a", 2: "b"}, {2: "x", 3: "c"}, {3: "y"}], [2, 3]),
    ],
)
def test_replicas_differ_where_two_saw_different_books(seen, differing):
    assert differing_seqs(seen) == differing


@pytest.mark.process
def test_replicas_come_to_the_same_while_others_trade(site, slugs, ann, capsys, monkeypatch):
    stop = threading.Event()
    trading = threading.Thread(target=trade, args=(ann, slugs["Snow"], stop))
    trading.start()
    try:
        asked = ["--site", site.url, "--json", "converge", slugs["Snow"]]
        code = main([*asked, "--clients", "4", "--seconds", "3"])
    finally:
        stop.set()
        trading.join()
    printed = capsys.readouterr()
    assert (code, printed.err) == (0, "")
    rows = json.loads(printed.out)
    assert [row["client"] for row in rows] == [1, 2, 3, 4]
    assert max(row["states"] for row in rows) > 1


@pytest.mark.process
def test_converge_refuses_a_market_that_is_not_there(site, capsys):
    assert main(["--site", site.url, "converge", "nowhere", "--seconds", "0"]) == 1
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.process
@pytest.mark.parametrize("text", ["", "no json", '["one key"]', '{"keys": 2}'])
def test_trading_clients_need_a_key_each(site, slugs, capsys, monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    asked = ["--site", site.url, "converge", slugs["Snow"], "--clients", "2", "--trade"]
    assert main(asked) == 2
    assert "--trade takes a JSON list of 2 keys, a line of its input." in capsys.readouterr().err


@pytest.mark.process
@pytest.mark.parametrize("count", ["0", "201"])
def test_converge_refuses_too_few_or_too_many_clients(site, slugs, capsys, count):
    assert main(["--site", site.url, "converge", slugs["Snow"], "--clients", count]) == 2
    assert "--clients is 1 to 200." in capsys.readouterr().err


def trade(client, market, stop):
    """Place orders and cancel them until told to stop; some rest, so that the books move."""
    price = 0
    while not stop.wait(0.05):
        price = price % 9 + 1
        order = client.buy(market, "Yes", price=f"0.0{price}", quantity=price)
        if price % 2:
            client.cancel(order.id)
    client.cancel_all(market=market)
