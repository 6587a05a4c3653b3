"""The journal: replayed it gives the same engine, torn it is cut, changed it is refused."""

import json
import struct
import subprocess
import zlib

import pytest

from exchange.engine.cli import main
from exchange.engine.journal import read_payloads
from tests.engine.test_cli import BUY, FUND, OPEN, PROGRAM, ROOT, SELL, run

pytestmark = pytest.mark.process

COMMANDS = [OPEN, *FUND, BUY | {"client_order_id": "é\ud800"}, SELL]
OPTIONS = ("--payout", "100")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The bytes of the journal of a short run, and the last line that the run printed."""
    path = tmp_path_factory.mktemp("journal") / "run.journal"
    for command in COMMANDS:
        # One read, so one group each.
        printed, _ = run([command], *OPTIONS, "--journal", str(path))
    return path.read_bytes(), printed[-1]


@pytest.fixture
def journal(written, tmp_path):
    """A file with that journal."""
    path = tmp_path / "copy.journal"
    path.write_bytes(written[0])
    return path


@pytest.fixture
def replayed(journal, capsys):
    """Replay the journal; return the exit status and what was printed on stdout and stderr."""

    def replay():
        status = main(["replay", str(journal)])
        printed, stderr = capsys.readouterr()
        return status, [json.loads(line) for line in printed.splitlines()], stderr

    return replay


def test_replay_prints_the_digest_of_the_run(journal, written):
    assert run([], "replay", str(journal)) == ([written[1]], "")


def test_bad_lines_and_depth_are_not_journaled(journal, tmp_path):
    other = tmp_path / "other.journal"
    for line in [*COMMANDS[:2], b"nonsense", *COMMANDS[2:]]:
        run([line], *OPTIONS, "--depth", "3", "--journal", str(other))
    assert other.read_bytes() == journal.read_bytes()


@pytest.mark.parametrize("lost", [1, 2, 30, 100])
def test_torn_last_record_is_cut_with_a_notice(journal, replayed, lost):
    journal.write_bytes(journal.read_bytes()[:-lost])
    status, printed, stderr = replayed()
    assert (status, printed[0]["commands"]) == (0, len(COMMANDS) - 1)
    assert "cut a torn last record" in stderr


def test_garbage_at_the_end_is_cut(journal, written, replayed):
    with journal.open("ab") as file:
        file.write(b"\0\0\0\0")
    status, printed, stderr = replayed()
    assert (status, printed) == (0, [written[1]])
    assert "cut a torn last record of 4 bytes" in stderr


def test_continuing_a_torn_journal_gives_what_one_run_would_have(journal, tmp_path):
    journal.write_bytes(journal.read_bytes()[:-5])
    printed, stderr = run([SELL], *OPTIONS, "--journal", str(journal))
    assert "cut a torn last record" in stderr
    assert f"continuing after {len(COMMANDS) - 1} commands" in stderr
    expected, _ = run(COMMANDS, *OPTIONS)
    assert printed == expected[-len(printed) :]
    assert run([], "replay", str(journal)) == ([printed[-1]], "")


def _payloads(journal):
    with journal.open("rb") as file:
        return list(read_payloads(file, pytest.fail))


def _framed(payload):
    head = struct.pack("<II", len(payload), zlib.crc32(payload))
    return head + struct.pack("<I", zlib.crc32(head)) + payload


# Changes by somebody who knows the format, and makes the checksums fit.
def _changed(payloads):
    return [*payloads[:4], payloads[4].replace(b'"quantity": 10', b'"quantity": 11'), *payloads[5:]]


def _counted_wrong(payloads):
    group = payloads[1]
    more = struct.pack("<I", struct.unpack_from("<I", group, 40)[0] + 1)
    return [payloads[0], group[:40] + more + group[44:], *payloads[2:]]


FORGERIES = {
    "changed": (_changed, "record 5 of the journal: differs"),
    "dropped": (lambda all_: all_[:3] + all_[4:], "record 4 of the journal: differs"),
    "swapped": (lambda all_: [*all_[:2], all_[3], all_[2], *all_[4:]], "record 3"),
    "not a journal": (lambda _: [b'{"type":"Tick","time":1}'], "record 1"),
    "header changed": (
        lambda all_: [all_[0].replace(b'"version":2', b'"version":3'), *all_[1:]],
        "record 1 of the journal: is not the header",
    ),
    "no group": (lambda all_: [*all_[:2], b"x"], "record 3 of the journal: is not a group"),
    "cut inside": (lambda all_: [*all_[:2], all_[2][:60]], "record 3"),
    "of another form": (lambda all_: [all_[0], all_[1].replace(b"j", b"x", 1)], "record 2"),
    "counted wrong": (_counted_wrong, "record 2 of the journal: does not have as many commands"),
    "empty": (lambda _: [], "no header"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_journal_is_refused(journal, replayed, forgery):
    change, message = FORGERIES[forgery]
    journal.write_bytes(b"".join(map(_framed, change(_payloads(journal)))))
    status, printed, stderr = replayed()
    assert (status, printed) == (1, [])
    assert message in stderr


@pytest.mark.parametrize("place", [0, 5, 9, 40, 150])
def test_damage_before_the_last_record_is_told_from_a_torn_one(journal, replayed, place):
    data = bytearray(journal.read_bytes())
    data[place] ^= 1
    journal.write_bytes(data)
    status, printed, stderr = replayed()
    assert (status, printed) == (1, [])
    assert "a record in the middle is damaged" in stderr


def test_explain_prints_the_queue_that_won(journal):
    printed = subprocess.run(
        [*PROGRAM, "replay", str(journal), "--explain", "1"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    ).stdout.splitlines()
    assert printed[1:] == [
        "trade 1 (book): 4 of contract 11 at 45, by command 5, PlaceOrder",
        "maker: order 1 of account 7 buys",
        "taker: order 2 of account 8",
        "The queue before the command, best price first, then the oldest (1 orders):",
        "  1. 10 at 45, order 1 of account 7, since seq 2  <- this trade",
    ]


def test_explain_says_where_there_is_no_such_trade(journal, capsys):
    assert main(["replay", str(journal), "--explain", "9"]) == 1
    assert "There is no trade 9 in this journal." in capsys.readouterr().out


def test_journal_of_other_options_is_not_continued(journal):
    before = journal.read_bytes()
    _, stderr = run([], "--payout", "99", "--journal", str(journal), status=1)
    assert "other options" in stderr
    assert journal.read_bytes() == before


def test_missing_journal_is_said(journal, replayed):
    journal.unlink()
    status, printed, stderr = replayed()
    assert (status, printed) == (1, [])
    assert "No such file" in stderr


def test_record_that_is_no_group_is_refused(journal, replayed):
    header, *_ = _payloads(journal)
    journal.write_bytes(_framed(header) + _framed(b"too short"))
    status, printed, stderr = replayed()
    assert (status, printed) == (1, [])
    assert "record 2 of the journal: is not a group" in stderr


def test_explain_a_long_queue_and_a_trade_without_one(tmp_path, capsys):
    path, sells = tmp_path / "journal", range(10, 34)
    run(
        [
            OPEN,
            *FUND,
            *(BUY | {"order": order, "quantity": 1} for order in sells),
            SELL | {"order": 90, "quantity": 1},
            {"type": "CrossTrade", "contract": 11, "buyer": 7, "seller": 8}
            | {"price_ticks": 30, "quantity": 1},
        ],
        "--unlimited-funds",
        "--journal",
        str(path),
    )
    assert main(["replay", str(path), "--explain", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[4].endswith("(24 orders):")
    assert lines[5] == "  1. 1 at 45, order 10 of account 7, since seq 2  <- this trade"
    assert lines[-1] == "  ... and 4 more"
    assert main(["replay", str(path), "--explain", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("trade 2 (cross): 1 of contract 11 at 30")
    assert lines[-1] == "It was agreed on outside the book: there was no queue."
