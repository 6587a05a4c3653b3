"""What a drill does to a site, and what it looks at, one line each."""

import time
from collections.abc import Callable

import httpx

from tests.drills.programs import Program
from tests.drills.roads import Connection
from tests.drills.site import Book, DrillSite, wait_for

ORDER = {"side": "buy", "price": "0.4000", "quantity": 1}


def place(site: DrillSite, book: Book | None = None, **more: object) -> httpx.Response:
    """Place an order, once, and return whatever the first web process answers."""
    book = book or site.books[0]
    connection = Connection(site.members[0], site.urls[:1])
    answer = connection.ask("POST", "/api/v1/orders/", ORDER | {"contract": book.contract} | more)
    assert answer is not None, "the web process did not answer"
    return answer


def place_in_each_book(site: DrillSite) -> None:
    """Place an order in each market; every one must be taken."""
    answers = [place(site, book) for book in site.books]
    assert [answer.status_code for answer in answers] == [201] * len(site.books)


def owner_of(site: DrillSite, book: Book) -> Program:
    """The worker that owns a market's shard."""
    pid = site.owners()[book.shard]
    return next(program for program in site.of_kind("books") if program.pid == pid)


def is_taken_over(site: DrillSite, program: Program) -> bool:
    """Whether every shard has an owner whose lease runs, and it is another one."""
    owners = site.ask(
        "SELECT owner FROM trading_shard WHERE owner <> ''"
        " AND expires_at_ms >= extract(epoch FROM clock_timestamp()) * 1000"
    )
    pids = {int(owner.split(":")[1]) for (owner,) in owners}
    return len(owners) == len(site.owners()) and program.pid not in pids


def seconds_until(true: Callable[[], object], timeout_s: float = 60) -> float:
    """How long something takes to become true, looked at often."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < timeout_s, f"not in {timeout_s} s"
        time.sleep(0.01)
    return time.monotonic() - started


def mails_are_sent(site: DrillSite, timeout_s: float = 60) -> None:
    """Return once every change of an order is told, but for those that still gather others."""
    wait_for(lambda: site.unrest() == "" and not site.ask(_MAILS_WAIT), timeout_s, site.unrest)


def prove(site: DrillSite) -> None:
    """Return once the site is quiet; fail where a proof differs."""
    site.wait_until_quiet()
    site.run("-m", "tests.drills.prove")


_MAILS_WAIT = (
    "SELECT 1 FROM notifications_mail"
    " WHERE status = 'sending' OR (status = 'waiting' AND due_at <= clock_timestamp()) LIMIT 1"
)
