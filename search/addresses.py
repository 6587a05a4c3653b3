"""Where what was found is on the site."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from exchange.markets.categories import path_of
from search.models import Document, Kind


def address_of(document: Document) -> str:
    """Return the path of the page that shows what a document stands for."""
    return _ADDRESSES[Kind(document.kind)](document)


def _contract(document: Document) -> str:
    return f"{reverse('web:market', args=[document.slug])}?{urlencode({'contract': document.key})}"


_ADDRESSES: Final[Mapping[Kind, Callable[[Document], str]]] = {
    Kind.MARKET: lambda document: reverse("web:market", args=[document.slug]),
    Kind.EVENT: lambda document: reverse("web:event", args=[document.slug]),
    Kind.CONTRACT: _contract,
    Kind.CATEGORY: lambda document: path_of(document.slug),
    Kind.MEMBER: lambda document: reverse("accounts:member", args=[document.slug]),
}
