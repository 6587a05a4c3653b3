"""The representations of a list beside JSON: an XHTML page and an Atom feed (RFC 4287, 5005)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.template.loader import render_to_string
from rest_framework.renderers import BaseRenderer

from core.api.representations.cells import well_formed
from core.api.representations.documents import make_document

ATOM: Final = "application/atom+xml"
XHTML: Final = "application/xhtml+xml"


class DocumentRenderer(BaseRenderer):
    """Fills a template with what the JSON says; the view's `listing` names it."""

    charset = "utf-8"
    template: ClassVar[str]

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the document."""
        if data is None:  # a 304, whose reader has the document
            return ""
        context = renderer_context or {}
        view, request = context["view"], context["request"]
        document = make_document(view.listing, data, request, view.get_parts())
        return well_formed(render_to_string(self.template, {"document": document}))


class XhtmlRenderer(DocumentRenderer):
    """A page to browse, well-formed XML."""

    media_type = XHTML
    format = "xhtml"
    template = "core/listing.xhtml"


class AtomRenderer(DocumentRenderer):
    """A feed to subscribe to."""

    media_type = ATOM
    format = "atom"
    template = "core/feed.atom"
