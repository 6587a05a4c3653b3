"""How often a client may call: a courtesy limit by cache, not what keeps the book safe."""

from math import ceil
from typing import TYPE_CHECKING, Any, cast

import structlog
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import ScopedRateThrottle

if TYPE_CHECKING:  # the module of views reads this one's class while it is loaded
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Budgets(ScopedRateThrottle):
    """A budget of its own for reads, for orders and for cancels, by user; one by address.

    Cancelling never waits for the orders' budget: whoever sends too much can still get out. A
    view that changes nothing although it is POSTed to names its scope as `throttle_scope`.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Whether the budget still has a call; yes while the cache cannot be asked."""
        self.scope = _scope_of(request, view)
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        try:
            is_allowed = bool(super(ScopedRateThrottle, self).allow_request(request, view))
        except Exception:
            # Each cache has its own errors; none of them may stop trading.
            log.warning("throttle_unavailable", exc_info=True)
            return True
        if self.rate is not None:
            self._tell(view)
        return is_allowed

    def _tell(self, view: "APIView") -> None:
        """Add the RateLimit headers to whatever the view answers."""
        assert self.num_requests is not None, "there is a rate"
        assert self.duration is not None, "there is a rate"
        history: list[float] = self.history
        left = max(0, self.num_requests - len(history))
        reset_s = ceil(self.duration - (self.now - history[-1])) if history else self.duration
        view.headers |= {
            "RateLimit-Policy": f'"{self.scope}";q={self.num_requests};w={self.duration}',
            "RateLimit": f'"{self.scope}";r={left};t={max(0, reset_s)}',
        }

    def get_rate(self) -> str | None:
        """Return the scope's rate, like "100/s"; None: no limit."""
        return _rate(str(self.scope))


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
    named: str | None = getattr(view, "throttle_scope", None)
    if named:
        return named
    if request.method in _SAFE:
        return "reads"
    return "orders" if request.method == "POST" else "cancels"
