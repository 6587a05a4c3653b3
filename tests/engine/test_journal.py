"""The journal: replayed it gives the same engine, torn it is cut, changed it is refused."""

import json

import pytest

from exchange.engine.cli import main
from tests.engine.test_cli import BUY, CANCEL, FUND, OPEN, SELL, run

COMMANDS = [OPEN, *FUND, BUY | {"client_order_id": "é\ud800"}, SELL]
OPTIONS = ("--payout", "100")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The bytes of the journal of a short run, and the last line that the run printed."""
    path = tmp_path_factory.mktemp("journal") / "run.journal"
    printed, _ = run(COMMANDS, *OPTIONS, "--journal", str(path))
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
    lines = [*COMMANDS[:2], b"nonsense", *COMMANDS[2:]]
    run(lines, *OPTIONS, "--depth", "3", "--journal", str(other))
    assert other.read_bytes() == journal.read_bytes()


@pytest.mark.parametrize("lost", [1, 2, 30])
def test_torn_last_line_is_cut_with_a_notice(journal, replayed, lost):
    journal.write_bytes(journal.read_bytes()[:-lost])
    status, printed, stderr = replayed()
    assert (status, printed[0]["commands"]) == (0, len(COMMANDS) - 1)
    assert "cut a torn last line" in stderr


def test_garbage_at_the_end_is_cut(journal, written, replayed):
    with journal.open("ab") as file:
        file.write(b"\0\0\0\0")
    status, printed, stderr = replayed()
    assert (status, printed) == (0, [written[1]])
    assert "cut a torn last line of 4 bytes" in stderr


def test_continuing_a_torn_journal_gives_what_one_run_would_have(journal, tmp_path):
    journal.write_bytes(journal.read_bytes()[:-5])
    printed, stderr = run([SELL, CANCEL], *OPTIONS, "--journal", str(journal))
    assert "cut a torn last line" in stderr
    assert "continuing after 4 commands" in stderr
    one_run = tmp_path / "one.journal"
    expected, _ = run([*COMMANDS, CANCEL], *OPTIONS, "--journal", str(one_run))
    assert printed == expected[2:]
    assert journal.read_bytes() == one_run.read_bytes()


def _changed(lines):
    return [*lines[:4], lines[4].replace(b'"quantity":10', b'"quantity":11'), *lines[5:]]


DAMAGE = {
    "changed": (_changed, "line 5 of the journal: differs"),
    "dropped": (lambda lines: lines[:3] + lines[4:], "line 4 of the journal: differs"),
    "swapped": (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], "line 3"),
    "not a journal": (lambda _: [b'{"type":"Tick","time":"1"}\n'], "line 1"),
    "header changed": (lambda lines: [lines[0].replace(b"100", b"101"), *lines[1:]], "line 1"),
    "no command": (lambda lines: [*lines[:2], b'{"x":"y"}\n', *lines[2:]], "line 3"),
    "garbage inside": (lambda lines: [*lines[:2], b"garbage\n", *lines[2:]], "middle is damaged"),
    "empty": (lambda _: [], "no header"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_journal_is_refused(journal, replayed, damage):
    change, message = DAMAGE[damage]
    journal.write_bytes(b"".join(change(journal.read_bytes().splitlines(keepends=True))))
    status, printed, stderr = replayed()
    assert (status, printed) == (1, [])
    assert message in stderr


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
