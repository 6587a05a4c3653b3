"""The `likely` command on a live site: what it prints, and its exit codes."""

import json
import os
import subprocess
import sys

import pytest
from likely_client.cli.main import main

from tests.browser.sites import ROOT
from tests.client.proxies import heed_interrupts

pytestmark = pytest.mark.process


@pytest.fixture
def likely(site, keys, monkeypatch, tmp_path, capsys):
    """Run a command as ben; return its exit code, output and errors."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("LIKELY_SITE", site.url)
    monkeypatch.setenv("LIKELY_KEY", keys["cem"])
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments):
        code = main(arguments)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_trade_from_order_to_cancel(likely, slugs):
    snow = slugs["Snow"]
    code, out, _ = likely("buy", snow, "Yes", "5", "0.20")
    assert (code, "buy 5 Yes at 0.20 - new, nothing filled" in out) == (0, True)
    order = out.split()[0]
    assert order in likely("orders", "--market", snow)[1]
    assert "0.20" in likely("book", snow)[1]
    [told] = json.loads(likely("orders", "--market", snow, "--json")[1])
    assert (told["id"], told["price"]) == (order, "0.2000")
    assert "nothing filled" in likely("reduce", order, "2")[1]
    code, out, _ = likely("replace", order, "--price", "0.21")
    assert (code, "at 0.21" in out) == (0, True)
    order = out.split()[0]
    code, out, _ = likely("cancel", order)
    assert (code, "cancelled" in out) == (0, True)
    code, _, err = likely("cancel", order)
    assert (code, "unknown_order" in err) == (1, True)
    assert likely("--json", "cancel", "--all")[1] == '{"cancelled":0}\n'


def test_dry_run_places_nothing(likely, slugs):
    code, out, _ = likely("buy", slugs["Snow"], "No", "5", "0.20", "--dry-run")
    assert (code, out.startswith("Holds 1.00.")) == (0, True)
    assert likely("orders", "--market", slugs["Snow"])[1] == "You have no such orders.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("buy", "no-such-market", "Yes", "5", "0.20"), 1, "unknown_market"),
        (("buy", "SNOW", "Maybe", "5", "0.20"), 1, "there is no outcome 'Maybe', only Yes, No"),
        (("buy", "SNOW", "Yes", "5", "0.2001"), 1, "nearest: 0.2000 or 0.2100"),
        (("buy", "SNOW", "Yes", "5", "cheap"), 2, "'cheap' is no price"),
        (("book", "CUP"), 1, "only Reds, Blues, Greens"),
        (("--site", "http://127.0.0.1:9", "--timeout", "0.2", "markets"), 4, "does not answer"),
    ],
)
def test_refusals_have_a_code_and_a_reason(likely, slugs, arguments, code, says):
    named = {"SNOW": slugs["Snow"], "CUP": slugs["Cup"]}
    result = likely(*(named.get(one, one) for one in arguments))
    assert (result[0], result[1]) == (code, "")
    assert says in result[2].replace("\n", " ")


def test_wrong_usage_is_exit_code_2(likely):
    with pytest.raises(SystemExit) as wrong:
        likely("buy", "it")
    assert wrong.value.code == 2


def test_lists_read_well_and_for_programs(likely, slugs):
    code, out, _ = likely("markets", "-q", "who wins the cup")
    assert code == 0
    assert out.splitlines()[1].split()[:2] == ["3", "outcomes"]
    assert out.splitlines()[1].endswith(slugs["Cup"])
    assert json.loads(likely("search", "cup", "--json")[1])[0]["kind"]
    assert likely("markets", "-q", "nothing like this")[1] == "No market fits.\n"
    assert likely("balance")[1].split()[:3] == ["balance", "exposure", "available"]
    assert likely("trades", slugs["Snow"])[0] == 0
    assert likely("positions")[0] == likely("fills")[0] == 0


def test_login_keeps_the_key_for_yourself_alone(likely, site, keys, monkeypatch, tmp_path):
    monkeypatch.delenv("LIKELY_KEY")
    assert likely("balance")[0] == 3
    reads = iter([keys["ann"] + "\n", "lk_wrong\n"])
    monkeypatch.setattr("sys.stdin.readline", lambda: next(reads), raising=False)
    code, out, _ = likely("login", "--key")
    assert (code, out.startswith(f"Logged in at {site.url}; ")) == (0, True)
    file = tmp_path / "likely" / "keys.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert likely("balance")[0] == 0
    assert likely("login", "--key")[0] == 3
    assert json.loads(file.read_text()) == {site.url: keys["ann"]}, "a wrong key is not kept"
    file.chmod(0o644)
    code, _, err = likely("balance")
    assert (code, "chmod 600" in err.replace("\n", "")) == (2, True)
    file.chmod(0o600)
    assert likely("logout")[0] == 0
    assert json.loads(file.read_text()) == {}


def test_live_book_prints_each_change(site, slugs, ann):
    snow = slugs["Snow"]
    env = {**os.environ, "LIKELY_SITE": site.url, "PYTHONPATH": str(ROOT / "client" / "src")}
    command = [sys.executable, "-m", "likely_client.cli", "book", snow, "--live", "--json"]
    live = subprocess.Popen(
        command,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 -- it sets one signal, nothing more
    )
    try:
        first = json.loads(live.stdout.readline())
        order = ann.buy(snow, "Yes", price="0.07", quantity=3)
        second = json.loads(live.stdout.readline())
        assert second["seq"] > first["seq"]
        assert ["0.0700", 3] in second["bids"]
        ann.cancel(order)
    finally:
        live.send_signal(2)
        try:
            assert live.wait(10) == 130
        finally:
            live.kill()
            live.stdout.close()
