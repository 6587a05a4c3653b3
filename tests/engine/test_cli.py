"""`python -m exchange.engine` as somebody outside runs it."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from exchange.engine.cli import main

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "exchange.engine")

OPEN = {"type": "OpenMarket", "market": 1, "contracts": [11]}
FUND = [{"type": "Fund", "account": account, "amount_ticks": 1000} for account in (7, 8)]
BUY = {
    "type": "PlaceOrder",
    "order": 1,
    "account": 7,
    "contract": 11,
    "side": "buy",
    "kind": "limit",
    "price_ticks": 45,
    "quantity": 10,
    "tif": "GTC",
}
SELL = BUY | {"order": 2, "account": 8, "side": "sell", "price_ticks": 40, "quantity": 4}
CANCEL = {"type": "CancelOrder", "order": 1, "account": 7}


def run(lines, *options, status=0):
    """Return the printed objects, and what was said on stderr."""
    text = b"\n".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )
    done = subprocess.run(
        (*PROGRAM, *options), input=text, capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == status, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_commands_in_events_out():
    printed, stderr = run([OPEN, *FUND, BUY, SELL, CANCEL], "--payout", "100")
    market = {"market": 1}
    first = market | {"contract": 11, "order": 1, "account": 7}
    second = market | {"contract": 11, "order": 2, "account": 8}
    assert stderr == ""
    assert printed[:-1] == [
        {"type": "MarketOpened", "seq": 1, "market": 1},
        {"type": "OrderAccepted", "seq": 2, **first},
        {"type": "OrderAccepted", "seq": 3, **second},
        {
            "type": "TradeExecuted",
            "seq": 4,
            "market": 1,
            "trade": 1,
            "kind": "book",
            "contract": 11,
            "price_ticks": 45,
            "quantity": 4,
            "maker_order": 1,
            "taker_order": 2,
            "maker_account": 7,
            "taker_account": 8,
            "maker_side": "buy",
            "maker_open_quantity": 6,
            "taker_open_quantity": 0,
        },
        {"type": "OrderCancelled", "seq": 5, **first, "quantity": 6, "reason": "member"},
    ]
    digest = printed[-1].pop("digest")
    assert len(bytes.fromhex(digest)) == 32
    assert printed[-1] == {"type": "Digest", "commands": 6, "events": 5, "trades": 1}


def test_nothing_in_gives_the_digest_of_nothing():
    printed, _ = run([])
    assert [line["type"] for line in printed] == ["Digest"]


def test_bad_lines_are_told_by_number_and_change_nothing():
    lines = [
        OPEN,
        b"{not json",
        b"",
        b'\xff\xfe{"type":"Tick","time":1}',
        b'{"type":"Fund","account":7,"amount_ticks":1e9}',
        b'{"type":"Fund","account":7,"amount_ticks":' + b"9" * 10_000 + b"}",
        b"[" * 200_000,
        b" " * (3 << 20),
        BUY | {"kind": "iceberg"},
        {"type": "CancelAll"},
        b'{"type":"Tick","time":1}\r',
        {"type": "HaltMarket", "market": 1},
    ]
    printed, _ = run(lines)
    faults = [line for line in printed if line["type"] == "InputError"]
    assert [fault["line"] for fault in faults] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert all(set(fault) == {"type", "line", "message"} for fault in faults)
    messages = [fault["message"] for fault in faults]
    assert messages[2] == "the line is not UTF-8"
    assert messages[3] == "1e9 is not an integer"
    assert messages[6] == "the line is longer than 1 MiB"
    assert messages[7] == "kind must be one of limit, market, stop, stop_limit"
    assert messages[8] == "account is missing"
    assert printed[-2] == {"type": "MarketHalted", "seq": 2, "market": 1}
    assert printed[-1]["commands"] == 3


def test_depth_follows_each_command_but_fund():
    lines = [
        OPEN | {"contracts": [11, 12]},
        OPEN,
        *FUND,
        BUY,
        BUY | {"order": 3, "price_ticks": 44},
        SELL,
        BUY | {"contract": 99},
        BUY | {"price_ticks": 0, "contract": 12},
        CANCEL | {"order": 77},
        CANCEL | {"account": 8},
        {"type": "HaltMarket", "market": 1},
        {"type": "Tick", "time": 5},
        b"nonsense",
        {"type": "SettleMarket", "market": 1, "winner": 11},
        CANCEL,
    ]
    printed, _ = run(lines, "--payout", "100", "--depth", "1")
    depths = [line for line in printed if line["type"] == "Depth"]
    none = (None, [], [])
    assert [(depth["contract"], depth["bids"], depth["asks"]) for depth in depths] == [
        (11, [], []),
        (12, [], []),
        none,
        (11, [[45, 10]], []),
        (11, [[45, 10]], []),
        (11, [[45, 6]], []),
        none,
        (12, [], []),
        none,
        (11, [[45, 6]], []),
        none,
        none,
        none,
        none,
    ]
    types = [line["type"] for line in printed]
    assert types[:5] == ["MarketOpened", "Depth", "Depth", "CommandRejected", "Depth"]
    assert types[5:9] == ["OrderAccepted", "Depth", "OrderAccepted", "Depth"]
    assert types[-1] == "Digest"


def test_depth_is_that_of_the_order_or_the_cross_trade():
    bid = {"type": "PlaceOrder", "order": 9, "account": 7, "contract": 11, "side": "buy"}
    lines = [
        OPEN,
        *FUND,
        {"type": "SetLimits", "account": 7, "max_open_orders": 5},
        {"type": "SetGroup", "account": 7, "group": 1, "limit_quantity": 5, "window_ms": 1000},
        BUY | {"group": 1},
        bid | {"kind": "stop", "stop_ticks": 60, "price_ticks": 65, "quantity": 1},
        {
            "type": "ReplaceOrder",
            "order": 1,
            "account": 7,
            "new_order": 3,
            "price_ticks": 44,
            "quantity": 8,
        },
        {
            "type": "CrossTrade",
            "contract": 11,
            "buyer": 7,
            "seller": 8,
            "price_ticks": 30,
            "quantity": 1,
        },
        {"type": "VoidTrade", "trade": 1},
        {"type": "CancelAll", "account": 7, "contract": 11},
        {"type": "CancelAll", "account": 7, "contract": 99},
        {"type": "CancelAll", "account": 7},
    ]
    printed, _ = run(lines, "--payout", "100", "--depth", "1")
    assert [(line["contract"], line["bids"]) for line in printed if line["type"] == "Depth"] == [
        (11, []),
        (None, []),
        (None, []),
        (11, [[45, 10]]),
        (11, [[45, 10]]),
        (11, [[44, 8]]),
        (11, [[44, 8]]),
        (None, []),
        (11, []),
        (None, []),
        (None, []),
    ]
    others = [line["type"] for line in printed if line["type"] not in ("Depth", "Digest")]
    assert others == [
        "MarketOpened",
        "OrderAccepted",
        "OrderAccepted",
        "OrderReplaced",
        "TradeExecuted",
        "TradeVoided",
        "OrderCancelled",
        "OrderCancelled",
        "CommandRejected",
    ]


def test_unlimited_funds_refuse_no_order_for_money():
    poor, _ = run([OPEN, BUY])
    assert poor[1]["reason"] == "insufficient_funds"
    rich, _ = run([OPEN, BUY], "--unlimited-funds")
    assert rich[1]["type"] == "OrderAccepted"


def test_reject_for_an_unknown_contract_has_no_seq():
    printed, _ = run([BUY])
    assert printed[0] == {
        "type": "OrderRejected",
        "market": None,
        "contract": 11,
        "order": 1,
        "account": 7,
        "reason": "unknown_contract",
    }


def test_settlement_pays_in_order_of_account():
    settle = {"type": "SettleMarket", "market": 1, "winner": None}
    printed, _ = run([OPEN, *FUND, BUY, SELL, settle], "--payout", "100")
    assert [line["type"] for line in printed[4:-1]] == [
        "OrderCancelled",
        "AccountSettled",
        "AccountSettled",
        "MarketSettled",
    ]
    assert [(line["account"], line["amount_ticks"]) for line in printed[5:7]] == [
        (7, -180),
        (8, 180),
    ]


@pytest.mark.parametrize(
    "options",
    [
        ("--payout", "1"),
        ("--payout", "x"),
        ("--depth", "0"),
        ("--nonsense",),
        ("replay",),
        ("replay", "a", "b"),
    ],
)
def test_wrong_options_end_with_status_2(options, capsys):
    with pytest.raises(SystemExit) as end:
        main(options)
    assert end.value.code == 2
    printed, stderr = capsys.readouterr()
    assert printed == ""
    assert "usage:" in stderr


def test_answers_come_before_the_next_line_is_needed():
    with subprocess.Popen(
        PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        for number in (1, 2):
            line = json.dumps({"type": "OpenMarket", "market": number, "contracts": [number]})
            process.stdin.write(line.encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["market"] == number
        process.stdin.close()
        assert json.loads(process.stdout.readline())["type"] == "Digest"


def test_reader_that_goes_away_is_no_crash():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        PROGRAM,
        input=b'{"type":"Nothing"}\n',
        stdout=write,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


def test_program_that_is_imported_does_not_run():
    assert import_module("exchange.engine.__main__").main is main
