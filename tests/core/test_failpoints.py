"""Failpoints: what is set is done, when it is due, and nothing else ever."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import OperationalError

from core.failpoints import arm, reach
from tests.running import ROOT

PROGRAM = "from core.failpoints import reach; reach('a'); print('on', flush=True); reach('b')"


@pytest.fixture(autouse=True)
def disarmed_afterwards():
    yield
    arm("")


def run(failpoints: str) -> tuple[int, bool]:
    """The exit code, and whether the program got beyond the first point."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "FAILPOINTS": failpoints},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, "on" in done.stdout.splitlines()


def times_failed(name: str, reached: int) -> list[int]:
    failed = []
    for number in range(1, reached + 1):
        try:
            reach(name)
        except OperationalError:
            failed.append(number)
    return failed


def test_nothing_set_does_nothing():
    assert times_failed("a", 100) == []


def test_point_fails_the_time_it_was_set_for_and_no_other():
    arm("a=fail@3")
    assert (times_failed("b", 5), times_failed("a", 5)) == ([], [3])


def test_point_without_a_number_fails_the_first_time():
    arm("a=fail")
    assert times_failed("a", 3) == [1]


def test_same_seed_draws_the_same_faults():
    arm("a=fail%3", seed="7")
    first = times_failed("a", 60)
    arm("a=fail%3", seed="7")
    assert times_failed("a", 60) == first
    assert 10 < len(first) < 35


def test_setting_again_forgets_what_was_set_before():
    arm("a=fail@1")
    arm("b=fail@1")
    assert (times_failed("a", 2), times_failed("b", 2)) == ([], [1])


def test_unknown_action_is_refused():
    with pytest.raises(ValueError, match="not 'explode'"):
        arm("a=explode@1")


def test_kill_ends_the_process_where_it_is():
    assert run("b=kill@1") == (-signal.SIGKILL, True)


def test_exit_ends_the_process_by_itself():
    assert run("a=exit@1") == (70, False)


def test_pause_stops_the_process_until_it_is_continued():
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "FAILPOINTS": "b=pause@1"},
        stdout=subprocess.PIPE,
    )
    try:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        time.sleep(0.1)
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(10) == 0
        assert b"on" in process.stdout.read().splitlines()
    finally:
        process.kill()
