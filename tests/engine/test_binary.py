"""Commands as messages of 100 bytes: there and back, and through the command line."""

import json
import subprocess

import pytest

from exchange.engine import Engine, Side, commands
from exchange.engine.binary import MESSAGE_BYTES, decode_commands, encode_command
from exchange.engine.commands import PLAIN, InputError, PlaceOrder, Terms
from tests.engine.test_cli import PROGRAM, ROOT

HUGE = 2**63 - 1
COMMANDS = [
    commands.OpenMarket(1, (11,), payout_ticks=None),
    commands.Fund(7, 1_000_000),
    PlaceOrder(1, 7, 11, Side.BUY, 4500, 10),
    PlaceOrder(2, 7, 11, Side.SELL, -3, HUGE, Terms(tif="IOC", stp="allow"), time=5),
    PlaceOrder(3, 7, 11, Side.SELL, 40, 1, Terms("stop_limit", "GTD", stop_ticks=0, expires_at=9)),
    PlaceOrder(4, 7, 11, Side.BUY, 40, 9, Terms(tif="FOK", min_quantity=4, max_cost_ticks=99)),
    PlaceOrder(5, 7, 11, Side.BUY, 40, 9, Terms(post_only=True, on_halt="cancel", group=3)),
    PlaceOrder(6, 7, 11, Side.BUY, 40, 9, Terms("market", reduce_only=True, stp="decrement")),
    commands.CancelOrder(1, 7),
    commands.CancelOrder(1, 7, time=8),
    commands.ReduceOrder(1, 7, 3),
    commands.ReplaceOrder(1, 7, 9, 4600, 2),
    commands.HaltMarket(1),
    commands.ResumeMarket(1, time=70),
    commands.CloseMarket(1),
    commands.SettleMarket(1, 11),
    commands.SettleMarket(1, None),
    commands.VoidMarket(1),
    commands.Tick(time=12),
]


@pytest.mark.parametrize("command", COMMANDS, ids=repr)
def test_message_is_read_as_the_command_it_was_made_of(command):
    message = encode_command(command)
    assert len(message) == MESSAGE_BYTES
    assert decode_commands(message) == [command]


def test_messages_are_read_in_order_and_share_the_usual_terms():
    found = decode_commands(b"".join(map(encode_command, COMMANDS * 2)))
    assert found == COMMANDS * 2
    assert found[2].terms is PLAIN


@pytest.mark.parametrize(
    "command",
    [
        commands.CancelAll(7),
        commands.Fund(7, 1, valid_until=9),
        commands.OpenMarket(1, (11,), payout_ticks=None, collar_ticks=5),
        commands.OpenMarket(1, (11,), payout_ticks=100),
        commands.ReduceOrder(1, 7, 3, if_open_quantity=5),
        commands.ReplaceOrder(1, 7, 9, 4600, 2, if_open_quantity=5),
        PlaceOrder(1, 7, 11, Side.BUY, None, 1, Terms("market")),
        PlaceOrder(1, 7, 11, Side.BUY, 5, 1, client_order_id="mine"),
    ],
    ids=repr,
)
def test_what_has_no_message_is_refused(command):
    with pytest.raises(ValueError, match="message"):
        encode_command(command)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\0" * 99, "99 bytes are not whole messages"),
        (b"\0" * 100, "message 1 is not a command"),
        (b"\x63" + b"\0" * 99, "message 1 is not a command"),
        (b"\x01\x02" + b"\0" * 98, "message 1 is not a command"),
        (b"\x01\0\x09" + b"\0" * 97, "message 1 is not a command"),
        (encode_command(COMMANDS[2]) + b"\x05" + b"\0" * 5 + b"\x02" + b"\0" * 93, "message 2"),
    ],
)
def test_bytes_that_are_no_commands_are_refused(data, message):
    with pytest.raises(InputError, match=message):
        decode_commands(data)


def play(data: bytes, *options: str, status: int = 0):
    done = subprocess.run(
        [*PROGRAM, *options], input=data, capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == status, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


@pytest.mark.process
def test_program_ends_where_the_engine_does_and_its_journal_replays(tmp_path):
    data = b"".join(map(encode_command, COMMANDS))
    engine = Engine()
    events = [event for command in COMMANDS for event in engine.apply(command)]
    expected = {"type": "Digest", "digest": engine.digest(), "commands": len(COMMANDS)}
    expected |= {"events": len(events), "trades": 0}
    journal = str(tmp_path / "run.journal")
    assert play(data, "--binary", "--journal", journal) == ([expected], "")
    assert play(b"", "replay", journal) == ([expected], "")
    printed, stderr = play(encode_command(commands.Tick(time=99)), "--binary", "--journal", journal)
    assert printed[0]["commands"] == len(COMMANDS) + 1
    assert f"continuing after {len(COMMANDS)} commands" in stderr


@pytest.mark.process
def test_message_that_was_cut_is_said(tmp_path):
    journal = str(tmp_path / "run.journal")
    data = encode_command(COMMANDS[0]) + b"\x01"
    printed, stderr = play(data, "--binary", "--journal", journal, status=1)
    assert printed == []
    assert "1 bytes are not whole messages of 100" in stderr
    assert play(b"", "replay", journal)[0][0]["commands"] == 1


@pytest.mark.process
def test_program_without_a_journal_takes_messages_and_says_what_was_cut():
    printed, stderr = play(encode_command(COMMANDS[0]), "--binary")
    assert (printed[0]["commands"], stderr) == (1, "")
    printed, stderr = play(b"\x01" * 50, "--binary", status=1)
    assert printed == []
    assert "50 bytes are not whole messages of 100" in stderr
