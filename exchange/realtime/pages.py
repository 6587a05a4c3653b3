"""The description of the live feed, for people who write clients."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from exchange.realtime.asyncapi import make_document


@require_safe
def show_asyncapi(_: HttpRequest) -> JsonResponse:
    """Show the AsyncAPI document."""
    return JsonResponse(make_document(settings.SITE_URL))
