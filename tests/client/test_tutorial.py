"""docs/bots.md, done as it is written: its blocks in order, then the bot that it has you save."""

import os
import re
import signal
import subprocess
import sys
import threading

import pytest

from tests.browser.sites import ROOT
from tests.client.proxies import heed_interrupts

pytestmark = pytest.mark.process
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
DEMO_MARKET = "will-it-rain-in-amsterdam-on-21-june-2027"


@pytest.fixture
def blocks(site, keys, slugs, ben):
    """The blocks for this site, whose market has somebody on either side."""
    dew = slugs["Dew"]
    ben.cancel_all(market=dew)
    ben.buy(dew, "Yes", price="0.40", quantity=100)
    ben.sell(dew, "Yes", price="0.50", quantity=100)
    text = (ROOT / "docs" / "bots.md").read_text()
    for said, meant in (
        ("http://localhost:8000", site.url), ("lk_...", keys["bot1"]), (DEMO_MARKET, dew),
    ):  # fmt: skip
        text = text.replace(said, meant)
    yield BLOCK.findall(text)
    ben.cancel_all(market=dew)


def test_blocks_do_what_the_text_says(blocks, capsys):
    typed = {}
    for block in blocks:
        if not block.startswith("# maker.py"):
            exec(compile(block, "docs/bots.md", "exec"), typed)
    typed["client"].close()
    printed = capsys.readouterr().out
    for line in (
        "somebody buys at 0.4000 and sells at 0.5000",
        "new 10\ncancelled\n",
        "filled for 0.5000 [(1, Decimal('0.5000'))]",
        "[insufficient_funds]",
        "True Counters(frames=2, old_frames=0, gaps=0",
    ):
        assert line in printed


def test_saved_bot_quotes_leans_and_takes_its_quotes_away(blocks, site, keys, slugs, ben, tmp_path):
    dew = slugs["Dew"]
    file = tmp_path / "maker.py"
    [source] = (block for block in blocks if block.startswith("# maker.py"))
    file.write_text(source)
    env = {**os.environ, "PYTHONPATH": str(ROOT / "client" / "src"), "LIKELY_KEY": keys["bot2"]}
    bot = subprocess.Popen(
        [sys.executable, str(file)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, preexec_fn=heed_interrupts,  # noqa: PLW1509 -- it sets one signal
    )  # fmt: skip
    try:
        with ben.book(dew) as book:
            until(book, lambda: prices(book) == ("0.43", "0.47"))
            assert ben.sell(dew, "Yes", price="0.43", quantity=10).status == "filled"
            until(book, lambda: prices(book) == ("0.42", "0.47"))
            bot.send_signal(signal.SIGINT)
            assert bot.wait(20) == 0
            until(book, lambda: prices(book) == ("0.40", "0.50"))
    finally:
        bot.kill()
        _, trouble = bot.communicate()
    assert trouble == ""


def prices(book):
    best = book.best_bid, book.best_ask
    return tuple(level and f"{level.price:.2f}" for level in best)


def until(book, true):
    watch = threading.Event()
    for _ in range(200):
        if true():
            return
        book.changed(timeout_s=0.1)
        watch.wait(0.05)
    pytest.fail(f"the book stays at {prices(book)}")
