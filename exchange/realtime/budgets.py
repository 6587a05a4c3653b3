"""How fast a member may send commands over sockets: the API's rates, counted in this process."""

import time
from collections import OrderedDict
from typing import Final

from core.api.throttles import budget_of
from core.errors import Code, Problem

_MEMBERS_KEPT: Final = 10_000
Key = tuple[int, str]  # user, scope


class Budgets:
    """A token bucket per member and scope, shared by all the sockets of the member here."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[Key, tuple[float, float]] = OrderedDict()

    def spend(self, user_id: int, scope: str, *, cost: int = 1) -> None:
        """Count one request. Raises Problem THROTTLED when the scope's budget is used up."""
        budget = budget_of(scope)
        if budget is None:
            return
        calls, seconds = budget
        cost = min(cost, calls)  # whatever the rate, one request is possible
        now_s = time.monotonic()
        tokens, at_s = self._buckets.pop((user_id, scope), (float(calls), now_s))
        tokens = min(float(calls), tokens + (now_s - at_s) * calls / seconds)
        is_allowed = tokens >= cost
        self._buckets[user_id, scope] = (tokens - cost if is_allowed else tokens, now_s)
        if len(self._buckets) > _MEMBERS_KEPT:
            self._buckets.popitem(last=False)
        if not is_allowed:
            raise Problem(Code.THROTTLED, retry_after_s=max(1, round(cost * seconds / calls)))
