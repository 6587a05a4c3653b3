"""Reads of events and markets."""

from django.conf import settings
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.module_loading import import_string

from exchange.markets.models import Event, Market

Pair = tuple[str, str]


def list_markets(
    *, status: str = "", category: str = "", q: str = "", metadata: Pair | None = None
) -> QuerySet[Market]:
    """Return markets newest first, with event and contracts, narrowed by what is given.

    Drafts are never listed unless asked for by status. `q` is looked for in the title, and in
    the title and metadata of the event; `metadata` is a key and value of the event's.
    """
    markets = Market.objects.select_related("event", "winner").prefetch_related("contracts")
    markets = markets.filter(status=status) if status else markets.exclude(status="draft")
    if category:
        markets = markets.filter(event__category=category)
    if metadata:
        markets = markets.filter(event__metadata__says=metadata)
    if q:
        # The index stands above this app, so it is named by a setting.
        markets = import_string(settings.MARKETS_FINDER)(markets, q)
    return markets.order_by("-id")


def get_market(slug: str) -> Market:
    """Return a market that is not a draft, or raise Http404."""
    return get_object_or_404(list_markets(), slug=slug)


def list_events(*, metadata: Pair | None = None) -> QuerySet[Event]:
    """Return events that have a market to show, newest first, or those whose metadata says so."""
    events = Event.objects.filter(
        markets__status__in=("open", "halted", "closed", "settled", "voided")
    )
    if metadata:
        events = events.filter(metadata__says=metadata)
    return events.distinct().prefetch_related("markets").order_by("-id")
