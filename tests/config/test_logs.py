"""What a log line may hold."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import structlog

from config.logs import logging_settings


def fail(secret: str) -> None:
    raise ValueError(f"a bad value of {len(secret)} characters")


def rendered(*, as_json: bool) -> str:
    made = logging_settings("INFO", as_json=as_json)["formatters"]["line"]
    formatter = made.pop("()")(**made)
    try:
        fail("-".join(("a", "password")))  # noqa: FLY002 -- the source line is in the traceback
    except ValueError as error:
        caught = (type(error), error, error.__traceback__)
    record = logging.LogRecord("here", 40, "", 0, "it broke", None, caught)
    return formatter.format(record)


def test_traceback_shows_no_local_variables():
    for as_json in (False, True):
        line = rendered(as_json=as_json)
        assert "a bad value of 10 characters" in line
        assert "a-password" not in line


def test_json_line_is_one_line():
    assert "\n" not in rendered(as_json=True)
    structlog.reset_defaults()


def test_line_of_a_celery_worker_is_json_too(tmp_path):
    """In a process of its own: what is set up there is the process's logging."""
    script = (
        "import logging; from config.celery import app;"
        "app.log.setup(loglevel='WARNING', redirect_stdouts=True);"
        "logging.getLogger('celery.worker').warning('told')"
    )
    environment = os.environ | {
        "LOG_JSON": "1", "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    line = json.loads(done.stderr)
    assert (line["event"], line["level"], line["logger"]) == ("told", "warning", "celery.worker")
