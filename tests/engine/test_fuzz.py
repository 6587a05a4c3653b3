"""The fuzzer goes on where it stopped, and what it found stays found."""

import json

import pytest

from exchange.engine import Side, commands
from exchange.engine.commands import CancelOrder, PlaceOrder
from tests.engine import fuzz, minimising
from tests.engine.fuzz import Progress, ranges
from tests.engine.minimising import FOLDER, fewest, from_lines, replay, to_lines
from tests.engine.reference import HANDLERS

KEPT = sorted(FOLDER.glob("*.ndjson"))


@pytest.mark.parametrize("path", KEPT, ids=[path.stem for path in KEPT])
def test_difference_that_was_found_is_gone(path):
    steps, unlimited = from_lines(path.read_text(encoding="utf-8").splitlines())
    replay(steps, unlimited=unlimited)


def test_steps_written_as_lines_are_read_as_the_same():
    steps = [
        PlaceOrder(1, 2, 11, Side.BUY, 5, 6, commands.Terms(post_only=True), time=7),
        "restore",
        [CancelOrder(1, 2), commands.Tick(time=9)],
    ]
    lines = to_lines(steps, unlimited=True)
    assert from_lines(lines) == (steps, True)
    assert [type(json.loads(line)) for line in lines] == [dict, dict, str, list]


@pytest.mark.parametrize("needed", [{0}, {3, 4}, {1, 17, 30}, set(range(31))])
def test_fewest_leaves_only_what_is_needed(needed):
    steps = [CancelOrder(number, 1) for number in range(31)]
    left = fewest(steps, lambda some: needed <= {step.order for step in some})
    assert [step.order for step in left] == sorted(needed)


def test_fuzzing_notes_the_seeds_that_are_done_and_goes_on_after_them(tmp_path):
    path = tmp_path / "var" / "fuzz.ndjson"
    progress = Progress(path, "code", 5)
    progress.add(0, 11, 60)
    assert list(ranges(0, 25, progress)) == [(12, 21), (22, 24)]
    assert list(ranges(0, 25, Progress(path, "code", 5))) == [(12, 21), (22, 24)]
    assert Progress(path, "code", 5).total() == 60
    assert next(ranges(0, 25, Progress(path, "code", 6))) == (0, 9)
    assert next(ranges(0, 25, Progress(path, "other", 5))) == (0, 9)


def fuzz_a_little(tmp_path, monkeypatch):
    monkeypatch.setattr(minimising, "FOLDER", tmp_path)
    state = str(tmp_path / "fuzz.ndjson")
    arguments = ["--seeds", "0", "2", "--commands", "100", "--jobs", "1", "--state", state]
    monkeypatch.setattr("sys.argv", ["fuzz", *arguments])
    fuzz.main()


def test_fuzzing_a_few_seeds_finds_nothing(tmp_path, monkeypatch, capsys):
    fuzz_a_little(tmp_path, monkeypatch)
    (line,) = [json.loads(line) for line in (tmp_path / "fuzz.ndjson").read_text().splitlines()]
    assert (line["first"], line["last"]) == (0, 1)
    assert line["commands"] > 200
    assert f"{line['commands']:,} commands" in capsys.readouterr().out


def test_fuzzing_shows_a_difference_in_few_steps_and_keeps_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(HANDLERS, commands.HaltMarket, lambda world, command: None)
    with pytest.raises(SystemExit, match="1"):
        fuzz_a_little(tmp_path, monkeypatch)
    (kept,) = tmp_path.glob("*.ndjson")
    lines = kept.read_text().splitlines()
    assert [type(step).__name__ for step in from_lines(lines)[0]] == ["HaltMarket"]
    assert lines[-1] in capsys.readouterr().out
