"""The storm: faults at random moments under load, drawn from a seed."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from tests.drills.checking import check_everything
from tests.drills.keeper import Keeper
from tests.drills.programs import Program
from tests.drills.records import Records
from tests.drills.site import DATABASE, DrillSite
from tests.drills.traders import Load

LEASE_S = 2.0
# How often each is drawn, beside what failpoints do on their own.
_KINDS = {
    "kill -9 of web": 5,
    "kill -9 of the books' owner": 6,
    "kill -9 of the other books": 3,
    "kill -9 of celery": 2,
    "owner stopped beyond its lease": 3,
    "lease taken from a working owner": 4,
    "connections cut": 4,
    "PostgreSQL restarted, fast": 1,
    "PostgreSQL crashed": 1,
    "Redis flushed": 3,
    "Redis killed": 2,
}


@dataclass(slots=True)
class Outcome:
    """What a round came to."""

    faults: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    acknowledged: int = 0
    retries: int = 0
    duplicates: int = 0
    recovery_s: list[tuple[float, str]] = field(default_factory=list)


class Storm:
    """One round: a site under load, so many faults, then calm and every check."""

    def __init__(self, site: DrillSite, *, seed: str, traders: int = 12) -> None:
        self._site = site
        self._seed = seed
        self._traders = traders
        self._chance = random.Random(f"storm:{seed}")
        self._records = Records()
        self._struck: list[tuple[float, str]] = []
        self._strikes: Counter[str] = Counter()
        self._faults: dict[str, Callable[[], None]] = {
            "kill -9 of web": lambda: self._kill(self._any("web")),
            "kill -9 of the books' owner": lambda: self._kill(self._owner()),
            "kill -9 of the other books": lambda: self._kill(self._other_books()),
            "kill -9 of celery": lambda: self._kill(self._any("celery")),
            "owner stopped beyond its lease": self._stop_owner,
            "lease taken from a working owner": self._take_lease_away,
            "connections cut": self._cut_connections,
            "PostgreSQL restarted, fast": lambda: self._restart_database("fast"),
            "PostgreSQL crashed": lambda: self._restart_database("immediate"),
            "Redis flushed": site.redis.flush,
            "Redis killed": self._restart_redis,
        }

    def rage(self, faults: int) -> Outcome:
        """Strike until so many faults have happened; return once all is checked and well."""
        with Keeper(self._site, seed=self._seed) as self._keeper:
            with Load(self._site, self._records, seed=self._seed, traders=self._traders):
                self._wait_until_served()
                while self._happened() < faults:
                    self._strike()
                    time.sleep(self._chance.uniform(0.5, 3.0))
                self._keeper.disarm()
                self._wait_until_served()
            self._site.wait_until_quiet()
            assert self._keeper.deaths == [], "\n".join(self._keeper.deaths)
            check_everything(self._site, self._records, seed=self._seed)
        return self._outcome()

    def _happened(self) -> int:
        return self._strikes.total() + self._keeper.faults.total()

    def _strike(self) -> None:
        kind, *_ = self._chance.choices(tuple(_KINDS), tuple(_KINDS.values()))
        self._struck.append((time.monotonic(), kind))
        self._faults[kind]()
        self._strikes[kind] += 1

    def _wait_until_served(self) -> None:
        """Return once every market has answered an order that was sent after the last fault."""
        moment, markets = time.monotonic(), {book.slug for book in self._site.books}
        deadline = moment + 90
        while not self._records.is_served_since(moment, markets):
            assert time.monotonic() < deadline, f"no recovery: {self._site.unrest()}"
            time.sleep(0.1)

    def _outcome(self) -> Outcome:
        records, markets = self._records, {book.slug for book in self._site.books}
        return Outcome(
            faults=self._strikes + self._keeper.faults,
            messages=self._keeper.messages,
            sent=len(records.placed),
            acknowledged=records.acknowledged(),
            retries=records.retries(),
            duplicates=records.duplicates,
            recovery_s=[
                (records.recovery_s(moment, markets), kind) for moment, kind in self._struck
            ],
        )

    def _any(self, kind: str) -> Program:
        return self._chance.choice(self._site.of_kind(kind))

    def _owner(self) -> Program:
        """The book worker that owns most, or any where none is known to own."""
        try:
            owned = Counter(self._site.owners().values())
        except psycopg.Error:
            owned = Counter()
        return max(self._site.of_kind("books"), key=lambda program: owned[program.pid])

    def _other_books(self) -> Program:
        owner = self._owner()
        return next(program for program in self._site.of_kind("books") if program is not owner)

    def _kill(self, program: Program) -> None:
        self._keeper.kill(program)

    def _stop_owner(self) -> None:
        owner = self._owner()
        self._keeper.hold(owner)
        owner.send(signal.SIGSTOP)
        time.sleep(LEASE_S * self._chance.uniform(1.2, 2.5))
        owner.send(signal.SIGCONT)
        self._keeper.release(owner)

    def _take_lease_away(self) -> None:
        """Have the other worker believe that the owner is dead, while it works: two owners."""
        shard = self._chance.choice(self._site.books).shard
        self._site.ask("UPDATE trading_shard SET expires_at_ms = 0 WHERE number = %s", shard)

    def _cut_connections(self) -> None:
        self._site.database.cut_connections(DATABASE, self._chance.randint(20, 100))

    def _restart_database(self, mode: str) -> None:
        self._site.database.stop(mode)
        time.sleep(self._chance.uniform(0, 3))
        self._site.database.start()

    def _restart_redis(self) -> None:
        self._site.redis.kill()
        time.sleep(self._chance.uniform(0, 3))
        self._site.redis.start()
