"""What the site stands on goes away for a while: what clients see, and that it comes back."""

import time

import httpx
import pytest

from tests.drills.acting import mails_are_sent, place, place_in_each_book, prove, seconds_until
from tests.drills.conftest import FULL, only_in_full
from tests.drills.fill import PASSWORD
from tests.drills.site import DrillSite, wait_for
from tests.drills.watching import Watcher

pytestmark = [pytest.mark.drill, pytest.mark.timeout(0)]
AWAY_S = 60 if FULL else 3
BACK_S_MAX = 10


def log_in(site: DrillSite) -> httpx.Response:
    """Log in as the first member does, with address and password."""
    with httpx.Client(base_url=site.urls[0], timeout=20) as browser:
        browser.get("/accounts/login/")
        form = {
            "login": site.members[0].email,
            "password": PASSWORD,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        return browser.post("/accounts/login/", data=form)


def lives(site: DrillSite) -> dict[str, int]:
    """How often each program was started; all of them must live."""
    assert [p.name for p in site.programs.values() if p.exit_code() is not None] == []
    return {program.name: program.lives for program in site.programs.values()}


def test_database_that_is_away_is_waited_for(site: DrillSite) -> None:
    place_in_each_book(site)
    before = lives(site)
    site.database.stop("fast")
    answer, page = place(site), httpx.get(site.urls[0], timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1
    assert (page.status_code, int(page.headers["Retry-After"]) >= 1) == (503, True)
    assert site.healthz().status_code == 503
    time.sleep(AWAY_S)
    assert place(site).status_code == 503
    site.database.start()
    took_s = seconds_until(lambda: place(site).status_code == 201)
    print(f"\nan order is answered {took_s:.1f} s after the database is back")
    place_in_each_book(site)
    # A mail that was claimed when it happened is sent once its claim has run out.
    prove(site)
    assert lives(site) == before
    assert took_s < BACK_S_MAX


def test_orders_flow_and_members_log_in_without_redis(site: DrillSite) -> None:
    place_in_each_book(site)
    before = lives(site)
    site.redis.kill()
    started = time.monotonic()
    place_in_each_book(site)
    took_s = (time.monotonic() - started) / len(site.books)
    print(f"\nan order without Redis: {1000 * took_s:.0f} ms")
    assert log_in(site).status_code == 302
    time.sleep(AWAY_S)
    assert place(site).status_code == 201
    site.redis.start()
    place_in_each_book(site)
    # A mail that was claimed when it happened is sent once its claim has run out.
    prove(site)
    assert lives(site) == before
    assert took_s < 2


@only_in_full
@pytest.mark.parametrize("loss", ["flushed", "restarted"])
def test_pushes_go_on_when_redis_is(site: DrillSite, loss: str) -> None:
    with Watcher(site, site.books[0]) as watcher:
        place_in_each_book(site)
        watcher.reaches(site.books[0])
        if loss == "flushed":
            site.redis.flush()
        else:
            site.redis.kill()
            place_in_each_book(site)
            site.redis.start()
        place_in_each_book(site)
        took_s = watcher.reaches(site.books[0])
    print(f"\nRedis {loss}: the watched book is right again after {took_s:.1f} s")
    assert watcher.closed == ""


@only_in_full
def test_orders_flow_when_every_message_is_lost(stopped_site: DrillSite) -> None:
    stopped_site.start(DRILL_LAYER_ONE_IN="1")
    place_in_each_book(stopped_site)
    prove(stopped_site)


@only_in_full
def test_mail_waits_for_celery_and_nothing_else_does(site: DrillSite) -> None:
    place_in_each_book(site)
    mails_are_sent(site)
    celery, sent = site["celery"], len(site.sink.messages)
    celery.kill()
    place_in_each_book(site)
    time.sleep(1)
    lag = site.healthz().json()["journal_lag_batches"]["mail"]
    assert lag > 0
    assert len(site.sink.messages) == sent
    celery.start()
    took_s = wait_for(lambda: len(site.sink.messages) >= sent + len(site.books), 60)
    print(f"\nCelery: every mail is sent {took_s:.1f} s after it is started")
    mails_are_sent(site)
    prove(site)


@only_in_full
def test_clock_that_jumps_never_takes_the_journal_back(site: DrillSite) -> None:
    for offset_ms in (0, 3_600_000, -3_600_000, 0):
        site.clock.write_text(str(offset_ms))
        place_in_each_book(site)
    went_back = """
        SELECT later.shard, later.number FROM trading_journalbatch AS later
        JOIN trading_journalbatch AS earlier
            ON earlier.shard = later.shard AND earlier.number = later.number - 1
        WHERE later.time_ms < earlier.time_ms"""
    jumped = "SELECT max(time_ms) - min(time_ms) >= 3600000 FROM trading_journalbatch"
    assert site.ask(went_back) == []
    assert site.ask(jumped) == [(True,)]
    prove(site)
