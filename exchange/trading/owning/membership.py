"""A worker's place among the others: its row in the registry, and its part of the plan."""

from collections.abc import Container, Iterable, Sequence
from typing import Final

from django.conf import settings

from exchange.trading import lease
from exchange.trading.owning import registry
from exchange.trading.owning.planning import Plan, make_plan
from exchange.trading.owning.registry import Following
from exchange.trading.owning.spreading import Candidate


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

    def beat(self, following: Sequence[Following] = ()) -> None:
        """Say that the worker lives and what it follows; join, where it is not known (any more)."""
        if not self._has_joined:
            lease.ensure_shards(self._all)
        if not (self._has_joined and registry.beat(self.me.name)):
            registry.join(self.me)
            self._has_joined = True
            self._followed = ()
        if following or self._followed:
            registry.tell_following(self.me.name, following)
        self._followed = tuple(following)

    def plan(self, ready: Container[tuple[str, int]] | None = None) -> Plan:
        """Return what the worker should do by what the registry says now."""
        return make_plan(registry.read_registry(self._all), self.me, ready)

    def leave(self) -> None:
        """Be forgotten, so that the others share what it owned."""
        self._has_joined = False
        registry.leave(self.me.name)
