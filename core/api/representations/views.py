"""Views whose lists are offered in every representation."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import generics
from rest_framework.renderers import BaseRenderer, JSONRenderer

from core.api.representations.listing import Listing
from core.api.representations.renderers import AtomRenderer, XhtmlRenderer

Row = TypeVar("Row", bound=Model)


class Represented:
    """A view that answers {"results": [...], "next": ...}, offered as JSON, XHTML and Atom.

    It stands before APIView among the bases of a class, and says what its rows are called.
    """

    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer, XhtmlRenderer, AtomRenderer)
    listing: Listing
    kwargs: dict[str, Any]

    def get_parts(self) -> Mapping[str, Any]:
        """Return what the listing may name beside the JSON: the parts of the address."""
        return self.kwargs


class ListView(Represented, generics.ListAPIView[Row]):
    """A list of rows in every representation."""
