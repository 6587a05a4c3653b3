"""Pages for people who write clients: where to begin, the schema, a console for it, problems."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.examples_page import list_examples
from core.errors import MEANINGS, Code, Problem

# Swagger UI styles itself inline; scripts still come from this site's files only.
_SWAGGER_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class SchemaView(SpectacularAPIView):
    """The OpenAPI description of this API."""


class ReferenceView(SpectacularSwaggerSplitView):
    """Swagger UI, from this site's own files."""

    schema = None
    url_name = "api:schema"
    template_name = "core/reference.html"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        response["Content-Security-Policy"] = _SWAGGER_POLICY
        # The start script holds a CSRF token: no other site may load it.
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cache-Control"] = "private, no-store"
        return response


def show_docs(request: HttpRequest) -> HttpResponse:
    """Show where to begin, and the way to everything else."""
    by_status: dict[int, list[Code]] = {}
    for code in Code:
        by_status.setdefault(MEANINGS[code].status, []).append(code)
    context = {
        "examples": list_examples(),
        "statuses": sorted(by_status.items()),
        "site_url": settings.SITE_URL,
    }
    return render(request, "core/docs.html", context)


def show_problems(request: HttpRequest) -> HttpResponse:
    """Show every code that a problem can have."""
    problems = [(code, MEANINGS[code]) for code in Code]
    return render(request, "core/problems.html", {"problems": problems})


class UnknownView(APIView):
    """Every other address under /api/."""

    schema = None
    throttle_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer 404 to every method and whoever asks."""
        path = request.path
        hint = "" if path.endswith("/") else f" Addresses end with a slash: {path}/."
        raise Problem(Code.NOT_FOUND, f"There is nothing at {path}.{hint}")
