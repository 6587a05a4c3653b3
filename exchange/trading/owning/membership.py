"""A worker's place among the others: its row in the registry, and its part of the plan."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.conf import settings

from core.db import run_after_commit
from exchange.trading import lease
from exchange.trading.owning import registry
from exchange.trading.owning.planning import Plan, make_plan
from exchange.trading.owning.registry import Following
from exchange.trading.owning.spreading import Candidate

# A standby that is as far as the journal was so many plans ago is as good as at its end: it tells
# how far it is twice a second.
_PLANS_KEPT: Final = 5


class Membership:
    """Keeps a worker known to the others. Reads nothing but the registry, and no clock."""

    def __init__(self, shards: Iterable[int], *, label: str = "", is_standby: bool = False) -> None:
        """`label` is what operators call the worker; without one, by its machine and process."""
        name = lease.owner_name(label)
        label = label or name.rpartition(":")[0]
        self.me: Final = Candidate(name, label, frozenset(shards), is_standby)
        self._all: Final = tuple(sorted({*range(settings.BOOK_SHARDS), *self.me.shards}))
        self._has_joined = False
        self._followed: tuple[Following, ...] = ()
        # Where the journals ended when the last plans were made.
        self._ends: Final = deque[dict[int, int]](maxlen=_PLANS_KEPT)

    def beat(self, following: Sequence[Following] = ()) -> None:
        """Say that the worker lives and what it follows; join, where it is not known (any more)."""
        if not self._has_joined:
            lease.ensure_shards(self._all)
        if not (self._has_joined and registry.beat(self.me.name)):
            registry.join(self.me)
            self._has_joined = True
            self._followed = ()
        if tuple(following) != self._followed:
            registry.tell_following(self.me.name, following)
            run_after_commit(self._remember, tuple(following))

    def _remember(self, following: tuple[Following, ...]) -> None:
        self._followed = following

    def plan(self, *, only_to_warm: bool = False) -> Plan:
        """Return what the worker should do by what the registry says now.

        With `only_to_warm` shards move only to workers that have their books in memory.
        """
        found = registry.read_registry(self._all)
        self._ends.append({number: one.journal_number for number, one in found.shards.items()})
        return make_plan(found, self.me, _Warm(self._ends[0]) if only_to_warm else None)

    def leave(self) -> None:
        """Be forgotten, so that the others share what it owned."""
        self._has_joined = False
        registry.leave(self.me.name)


class _Warm:
    """Which (worker, shard) can go on at once: the standby is as far as the journal lately was."""

    def __init__(self, ends: Mapping[int, int]) -> None:
        self._ends: Final = ends
        self._numbers: dict[tuple[str, int], int] | None = None

    def __contains__(self, pair: object) -> bool:
        if self._numbers is None:  # asked for only when something is to move
            self._numbers = registry.read_warm()
        assert isinstance(pair, tuple)
        number, end = self._numbers.get(pair), self._ends.get(pair[1])
        return number is not None and end is not None and number >= end
