"""What each endpoint costs of which budget, read off the views themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from core.api.throttles import also_of, cost_of, scope_of

_VERSION: Final = "api/v1/"
# As OpenAPI writes it.
_PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request takes of a budget."""

    method: str
    path: str
    budget: str
    cost: int
    when: str = ""


@cache
def list_costs() -> tuple[Cost, ...]:
    """Return every endpoint's cost for a member, by path."""
    return tuple(
        cost
        for address, view in sorted(_addresses(), key=lambda found: found[0])
        for method in _METHODS
        if hasattr(view, method.lower())
        for cost in _costs(method, address, view)
    )


def _costs(method: str, address: str, view: type[APIView]) -> Iterator[Cost]:
    cost = cost_of(method, view)
    yield Cost(method, address, scope_of(method, view), cost)
    for scope, when in also_of(method, view).items():
        yield Cost(method, address, scope, cost, when)


def _addresses() -> Iterator[tuple[str, type[APIView]]]:
    for path, view in _views(get_resolver(), ""):
        yield _PARAMETER.sub(r"{\1}", f"/{path}"), view


def _views(resolver: URLResolver, start: str) -> Iterator[tuple[str, type[APIView]]]:
    for pattern in resolver.url_patterns:
        path = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(pattern, path)
        elif isinstance(pattern, URLPattern) and path.startswith(_VERSION):
            view: Any = getattr(pattern.callback, "cls", None)
            if view is not None and issubclass(view, APIView):
                yield path, view
