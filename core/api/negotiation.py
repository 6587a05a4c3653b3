"""Which representation a client gets."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_ANY: Final = "*"


class ContentNegotiation(DefaultContentNegotiation):
    """By ?format=, else by Accept with its weights (RFC 9110, 12.5.1), which DRF overlooks.

    A format that is not offered is 406, as by Accept (DRF: 404). Of those that a client likes
    equally it gets the first one offered.
    """

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and the media type. Raises NotAcceptable."""
        offered = list(renderers)
        if request.method == "OPTIONS":
            return offered[0], offered[0].media_type  # what is told of a list is no list
        wanted = format_suffix or request.query_params.get("format")
        if wanted is not None:
            return _named(offered, wanted)
        ranges = [_read_range(token) for token in self.get_accept_list(request)]
        best = max(offered, key=lambda renderer: _weight(renderer.media_type, ranges))
        if _weight(best.media_type, ranges) <= 0:
            raise _not_acceptable(offered)
        return best, best.media_type


Range = tuple[str, str, int]


def _named(offered: Sequence[BaseRenderer], wanted: str) -> tuple[BaseRenderer, str]:
    for renderer in offered:
        if renderer.format == wanted:
            return renderer, renderer.media_type
    raise _not_acceptable(offered)


def _not_acceptable(offered: Sequence[BaseRenderer]) -> exceptions.NotAcceptable:
    listed = ", ".join(f"{one.format} ({one.media_type})" for one in offered)
    return exceptions.NotAcceptable(f"Offered here: {listed}. Name one in Accept or ?format=.")


def _read_range(token: str) -> Range:
    """Return a media range and its weight in thousandths; what is no weight counts as 1."""
    media_type, *parameters = (part.strip().lower() for part in token.split(";"))
    kind, _, subtype = media_type.partition("/")
    weights = [value for name, _, value in (p.partition("=") for p in parameters) if name == "q"]
    return kind, subtype, _thousandths(weights[0]) if weights else 1_000


def _thousandths(weight: str) -> int:
    whole, _, rest = weight.partition(".")
    digits = f"{whole or 0}{rest[:3].ljust(3, '0')}"
    return min(1_000, int(digits)) if digits.isascii() and digits.isdigit() else 1_000


def _weight(media_type: str, ranges: Sequence[Range]) -> int:
    """Return what the most specific range that fits says of a media type; 0: not wanted."""
    kind, _, subtype = media_type.partition("/")
    fitting: list[Any] = [
        ((of_kind != _ANY) + (of_subtype != _ANY), weight)
        for of_kind, of_subtype, weight in ranges
        if of_kind in {kind, _ANY} and of_subtype in {subtype, _ANY}
    ]
    return max(fitting)[1] if fitting else 0
