"""The programs behind the Makefile say what is missing, and what to do."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT

SCRIPTS = ROOT / "scripts"


def run(*command, **variables):
    done = subprocess.run(
        list(map(str, command)),
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def tools(tmp_path):
    """A folder with the few programs venv.sh itself uses, to be PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat", "cksum", "dirname", "sed", "rm", "tail"):
        (folder / name).symlink_to(shutil.which(name))
    return folder


@pytest.fixture
def checkout(tmp_path):
    """A folder with the script and requirements, but no .venv."""
    folder = tmp_path / "likely"
    (folder / "scripts").mkdir(parents=True)
    (folder / "scripts" / "venv.sh").write_text((SCRIPTS / "venv.sh").read_text())
    (folder / "requirements.txt").write_text("")
    (folder / "requirements-dev.txt").write_text("")
    (folder / "package-lock.json").write_text("")
    return folder


def fake_python(folder, name, body):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_venv_without_python_names_the_package(tools, checkout):
    code, _, error = run("sh", checkout / "scripts" / "venv.sh", "run", PATH=str(tools))
    assert code == 1
    assert "Likely needs Python 3.11 or newer" in error
    assert "sudo apt install python3 python3-venv" in error


def test_venv_with_old_python_names_the_package(tools, checkout):
    fake_python(tools, "python3", "exit 1")
    code, _, error = run("sh", checkout / "scripts" / "venv.sh", "run", PATH=str(tools))
    assert (code, "sudo apt install python3 python3-venv" in error) == (1, True)


def test_venv_without_ensurepip_names_the_package_of_that_python(tools, checkout):
    body = 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo 3.12 ;; esac'
    fake_python(tools, "python3.12", body)
    code, _, error = run("sh", checkout / "scripts" / "venv.sh", "run", PATH=str(tools))
    assert (code, "sudo apt install python3.12-venv" in error) == (1, True)


def test_venv_that_is_made_already_is_silent(checkout):
    fake_python_folder = checkout / ".venv" / "bin"
    fake_python_folder.mkdir(parents=True)
    fake_python(fake_python_folder, "python", "exit 0")
    first = run("sh", checkout / "scripts" / "venv.sh", "test")
    second = run("sh", checkout / "scripts" / "venv.sh", "test")
    assert first[0] == 0
    assert "Installing requirements.txt and requirements-dev.txt" in first[1]
    assert second == (0, "", "")


def test_venv_installs_again_when_requirements_change(checkout):
    folder = checkout / ".venv" / "bin"
    folder.mkdir(parents=True)
    fake_python(folder, "python", "exit 0")
    run("sh", checkout / "scripts" / "venv.sh", "run")
    (checkout / "requirements.txt").write_text("django==5.2.19  # another\n")
    assert "Installing" in run("sh", checkout / "scripts" / "venv.sh", "run")[1]


def test_venv_shows_what_pip_said_when_installing_fails(checkout):
    folder = checkout / ".venv" / "bin"
    folder.mkdir(parents=True)
    fake_python(folder, "python", 'case "$*" in *install*) echo no such index; exit 1 ;; esac')
    code, _, error = run("sh", checkout / "scripts" / "venv.sh", "run")
    assert (code, "no such index" in error, "Installing failed" in error) == (1, True, True)


def test_chromium_that_is_named_but_cannot_start_is_not_replaced_by_another():
    code, output, _ = run(sys.executable, SCRIPTS / "find_chromium.py", CHROMIUM="/nowhere/chrome")
    assert (code, output) == (1, "")


def test_chromium_that_is_named_and_starts_is_found(tmp_path):
    fake_python(tmp_path, "browser", "echo Chromium 1")
    named = str(tmp_path / "browser")
    code, output, _ = run(sys.executable, SCRIPTS / "find_chromium.py", CHROMIUM=named)
    assert (code, output.strip()) == (0, named)


def test_chromium_is_found_on_path(tmp_path):
    fake_python(tmp_path, "chromium-browser", "echo Chromium 1")
    code, output, _ = run(sys.executable, SCRIPTS / "find_chromium.py", PATH=str(tmp_path))
    assert (code, output.strip()) == (0, str(tmp_path / "chromium-browser"))


def test_missing_browser_is_a_failure_where_it_is_required():
    code, output, _ = run(
        sys.executable, SCRIPTS / "run_tests.py", CHROMIUM="/nowhere/chrome", REQUIRE_BROWSER="1"
    )
    assert code == 1
    assert "BROWSER TESTS NOT RUN: install chromium" in output.splitlines()[-1]


def test_missing_browser_is_said_in_the_last_line():
    code, output, _ = run(
        sys.executable,
        SCRIPTS / "run_tests.py",
        "-n0",
        "--collect-only",
        "tests/deploy/test_tree.py",
        CHROMIUM="/nowhere/chrome",
    )
    assert (code, output.splitlines()[-1]) == (0, "BROWSER TESTS NOT RUN: install chromium")


@pytest.mark.parametrize(
    ("exit_code", "junit", "check", "counted"),
    [
        (0, None, None, "1 0"),
        (1, None, None, "0 1"),
        (0, 'tests="10" errors="0" failures="0" skipped="2"', None, "8 0"),
        (1, 'tests="10" errors="1" failures="2" skipped="2"', None, "5 3"),
        (1, 'tests="10" errors="0" failures="0" skipped="0"', None, "10 1"),
        (2, None, "8 2", "8 2"),
    ],
)
def test_count_of_a_part(tmp_path, exit_code, junit, check, counted):
    if junit:
        xml = f'<testsuites><testsuite name="pytest" {junit}></testsuite></testsuites>'
        (tmp_path / "junit").write_text(xml)
    if check:
        (tmp_path / "check").write_text(check)
    reports = (tmp_path / "junit", tmp_path / "check")
    _, output, _ = run(sys.executable, SCRIPTS / "ci" / "count.py", str(exit_code), *reports)
    assert output.strip() == counted


def test_count_adds_the_browser_tests_that_stand_beside(tmp_path):
    xml = '<testsuite tests="{}" errors="0" failures="1" skipped="0"></testsuite>'
    (tmp_path / "report.xml").write_text(xml.format(10))
    (tmp_path / "report-browser.xml").write_text(xml.format(3))
    program = SCRIPTS / "ci" / "count.py"
    _, output, _ = run(sys.executable, program, "1", tmp_path / "report.xml", tmp_path / "none")
    assert output.strip() == "11 2"


def test_failures_of_a_part_are_named(tmp_path):
    (tmp_path / "report.xml").write_text(
        '<testsuites><testsuite><testcase classname="tests.a" name="test_good"/>'
        '<testcase classname="tests.a" name="test_bad"><failure message="assert 1&#10; == 2"/>'
        '</testcase><testcase classname="tests.b" name="test_left"><skipped message="no"/>'
        "</testcase></testsuite></testsuites>"
    )
    (tmp_path / "report-browser.xml").write_text(
        '<testsuites><testsuite><testcase classname="tests.c" name="test_worse">'
        '<error message="gone"/></testcase></testsuite></testsuites>'
    )
    program = SCRIPTS / "ci" / "failures.py"
    _, output, _ = run(sys.executable, program, "a part", tmp_path / "report.xml")
    assert output.splitlines() == [
        "FAILED in a part: tests.a: test_bad: assert 1 == 2",
        "FAILED in a part: tests.c: test_worse: gone",
    ]
