"""How often a client may call: a courtesy limit by cache, not what keeps the book safe."""

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import ScopedRateThrottle

if TYPE_CHECKING:  # the module of views reads this one's class while it is loaded
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MEMBERS_SCOPES: Final = ("reads", "orders", "cancels", "batches")


class Budgets(ScopedRateThrottle):
    """A budget of its own for reads, for orders and for cancels, by user; one by address.

    Cancelling never waits for the orders' budget: whoever sends too much can still get out. A
    view that changes nothing although it is POSTed to names its scope as `throttle_scope`, or
    scopes by method as `throttle_scopes`, and what takes much more work than others names its
    cost by method in `throttle_costs`. What turns out to be more than its method says is counted
    once more, by `spend_also`; `throttle_also` tells when.
    """

    history: list[float]

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Whether the budget still has what the call costs; yes while the cache is away."""
        return self.allow(request, view, _scope_of(request, view))

    def allow(self, request: Request, view: "APIView", scope: str) -> bool:
        """Whether this budget still has what the call costs; yes while the cache is away."""
        self.scope = scope
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        try:
            is_allowed = self._spend(request, view)
        except Exception:
            # Each cache has its own errors; none of them may stop trading.
            log.warning("throttle_unavailable", exc_info=True)
            return True
        if self.rate is not None:
            self._tell(view)
        return is_allowed

    def _spend(self, request: Request, view: "APIView") -> bool:
        key = None if self.rate is None else self.get_cache_key(request, view)
        if key is None:
            return True
        assert self.num_requests is not None, "there is a rate"
        self.key, self.now = key, self.timer()
        self.history = self._history(key, self.now)
        # Whatever the rate, one call is possible in a window.
        cost = min(cost_of(str(request.method), type(view)), self.num_requests)
        if len(self.history) + cost > self.num_requests:
            return False
        self.history[:0] = [self.now] * cost
        self.cache.set(key, self.history, self.duration)
        return True

    def _history(self, key: str, now: float) -> list[float]:
        """Return when what counts now was spent, the last first."""
        assert self.duration is not None, "there is a rate"
        return [at for at in self.cache.get(key, []) if at > now - self.duration]

    def read_budget(self, scope: str, user_id: int) -> dict[str, int | str] | None:
        """Return how a member's budget stands; None: no limit."""
        self.scope = scope
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        if self.num_requests is None or self.duration is None:
            return None
        self.now = self.timer()
        key = self.cache_format % {"scope": scope, "ident": user_id}
        self.history = self._history(key, self.now)
        return {
            "budget": scope,
            "limit": self.num_requests,
            "window_s": self.duration,
            "left": self._left(self.num_requests),
            "reset_s": self._reset_s(self.duration),
        }

    def _tell(self, view: "APIView") -> None:
        """Add the RateLimit headers to whatever the view answers."""
        assert self.num_requests is not None, "there is a rate"
        assert self.duration is not None, "there is a rate"
        left, reset_s = self._left(self.num_requests), self._reset_s(self.duration)
        view.headers |= {
            "RateLimit-Policy": f'"{self.scope}";q={self.num_requests};w={self.duration}',
            "RateLimit": f'"{self.scope}";r={left};t={reset_s}',
        }

    def _left(self, limit: int) -> int:
        return max(0, limit - len(self.history))

    def _reset_s(self, window_s: int) -> int:
        first = self.history[-1] if self.history else self.now - window_s
        return max(0, ceil(window_s - (self.now - first)))

    def get_rate(self) -> str | None:
        """Return the scope's rate, like "100/s"; None: no limit."""
        return _rate(str(self.scope))


def spend_also(request: Request, view: "APIView", scope: str) -> None:
    """Count a call in another budget too. Raises Throttled where that has nothing left."""
    budgets = Budgets()
    if not budgets.allow(request, view, scope):
        raise Throttled(budgets.wait())


def list_budgets(user_id: int) -> list[dict[str, int | str]]:
    """Return how a member's budgets stand; those without a limit are left out."""
    found = (Budgets().read_budget(scope, user_id) for scope in MEMBERS_SCOPES)
    return [budget for budget in found if budget is not None]


def budget_of(scope: str) -> tuple[int, int] | None:
    """Return how many calls a scope has in how many seconds; None: no limit."""
    calls, seconds = Budgets().parse_rate(_rate(scope))
    return None if calls is None or seconds is None else (calls, seconds)


def _rate(scope: str) -> str | None:
    rates: dict[str, Any] = api_settings.DEFAULT_THROTTLE_RATES
    return cast("str | None", rates.get(scope))


def _scope_of(request: Request, view: "APIView") -> str:
    if not request.user.is_authenticated:
        return "anonymous"
    return scope_of(str(request.method), type(view))


def scope_of(method: str, view: "type[APIView]") -> str:
    """Return the budget that a member's call is counted in."""
    named: str | None = getattr(view, "throttle_scope", None)
    if named:
        return named
    by_method: Mapping[str, str] = getattr(view, "throttle_scopes", {})
    if method in by_method:
        return by_method[method]
    if method in _SAFE:
        return "reads"
    return "orders" if method == "POST" else "cancels"


def also_of(method: str, view: "type[APIView]") -> Mapping[str, str]:
    """Return in which budgets a call may be counted too, each with when that is so."""
    also: Mapping[str, Mapping[str, str]] = getattr(view, "throttle_also", {})
    return also.get(method, {})


def cost_of(method: str, view: "type[APIView]") -> int:
    """Return how much of its budget a call takes: 1, unless the view names another cost."""
    costs: Mapping[str, int] = getattr(view, "throttle_costs", {})
    return costs.get(method, 1)
