"""Owners that die, sleep and go: another one goes on, and nobody writes what is not his."""

import signal
import time
from functools import partial

import pytest

from tests.drills.acting import (
    is_taken_over,
    owner_of,
    place,
    place_in_each_book,
    prove,
    seconds_until,
)
from tests.drills.conftest import FULL, only_in_full
from tests.drills.records import Records
from tests.drills.site import DrillSite, wait_for
from tests.drills.traders import Load

pytestmark = [pytest.mark.drill, pytest.mark.timeout(0)]
TIMES = 10 if FULL else 1
IDLE_S_MAX = 3.5
LOADED_S_MAX = 5.0


def take_over_s(site: DrillSite) -> float:
    """Kill an owner; return how long its shards were nobody's. It is started again."""
    owner = owner_of(site, site.books[0])
    owner.kill()
    took_s = seconds_until(lambda: is_taken_over(site, owner))
    owner.start()
    site.wait_until_quiet()
    wait_for(lambda: "books_opened" in owner.log_of_life(), 60)
    return took_s


def test_owner_that_is_killed_is_followed_by_another(site: DrillSite) -> None:
    place_in_each_book(site)
    took_s = [take_over_s(site) for _ in range(TIMES)]
    print(f"\ntaken over when idle, slowest of {TIMES}: {max(took_s):.2f} s")
    place_in_each_book(site)
    prove(site)
    assert max(took_s) < IDLE_S_MAX


@only_in_full
def test_owner_that_is_killed_under_load_is_followed_by_another(site: DrillSite) -> None:
    records = Records()
    with Load(site, records, seed="load", traders=4, pause_s=0.05):
        time.sleep(2)
        took_s = []
        for _ in range(TIMES):
            owner = owner_of(site, site.books[0])
            owner.kill()
            took_s.append(seconds_until(partial(is_taken_over, site, owner)))
            owner.start()
            time.sleep(5)
    print(f"\ntaken over under load, slowest of {TIMES}: {max(took_s):.2f} s")
    prove(site)
    assert records.surprises == []
    assert records.acknowledged() == len(records.placed)
    assert max(took_s) < LOADED_S_MAX


@only_in_full
def test_owner_that_wakes_after_another_took_over_writes_nothing(site: DrillSite) -> None:
    place_in_each_book(site)
    sleeper = owner_of(site, site.books[0])
    sleeper.send(signal.SIGSTOP)
    seconds_until(lambda: is_taken_over(site, sleeper))
    place_in_each_book(site)
    epoch = site.ask("SELECT epoch FROM trading_shard ORDER BY number")
    sleeper.send(signal.SIGCONT)
    wait_for(lambda: "lease_lost" in sleeper.log_of_life(), 20)
    place_in_each_book(site)
    prove(site)
    assert site.ask("SELECT epoch FROM trading_shard ORDER BY number") >= epoch
    assert sleeper.exit_code() is None


@only_in_full
def test_batch_of_an_owner_that_slept_in_it_is_nobodys_fault(stopped_site: DrillSite) -> None:
    # Alone: nobody takes over, it finds its session ended for idling and judges the batch again.
    site = stopped_site
    for program in site.programs.values():
        if program.name != "books2":
            program.start(FAILPOINTS="batch.written=pause@1" if program.kind == "books" else "")
    site["web1"].says("ready")
    wait_for(lambda: 0 not in site.owners().values(), 60)
    answer = place(site, client_order_id="slept")
    assert (answer.status_code, answer.json()["status"]) == (202, "pending_new")
    time.sleep(1)
    assert site["books1"].is_stopped()
    site["books1"].send(signal.SIGCONT)
    wait_for(lambda: place(site, client_order_id="slept").status_code == 201, 30)
    assert "failpoint" in site["books1"].log_of_life()
    prove(site)


@only_in_full
def test_owner_that_is_stopped_hands_over_at_once(site: DrillSite) -> None:
    place_in_each_book(site)
    owner = owner_of(site, site.books[0])
    before = len(owner.log_of_life())
    owner.send(signal.SIGTERM)
    wait_for(lambda: owner.exit_code() is not None, 20)
    ended_s = seconds_until(lambda: is_taken_over(site, owner))
    print(f"\ntaken over after a clean stop: {1000 * ended_s:.0f} ms after its end")
    place_in_each_book(site)
    prove(site)
    assert "Traceback" not in owner.log_of_life()[before:]
    assert (owner.exit_code(), ended_s < 1) == (0, True)
