"""Reads of events and markets."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from exchange.markets.models import Event, Market


def list_markets(*, status: str = "", category: str = "", q: str = "") -> QuerySet[Market]:
    """Return markets newest first, with event and contracts, narrowed by what is given.

    Drafts are never listed unless asked for by status.
    """
    markets = Market.objects.select_related("event", "winner").prefetch_related("contracts")
    markets = markets.filter(status=status) if status else markets.exclude(status="draft")
    if category:
        markets = markets.filter(event__category=category)
    if q:
        markets = markets.filter(title__icontains=q)
    return markets.order_by("-id")


def get_market(slug: str) -> Market:
    """Return a market that is not a draft, or raise Http404."""
    return get_object_or_404(list_markets(), slug=slug)


def list_events() -> QuerySet[Event]:
    """Return events that have a market to show, newest first."""
    return (
        Event.objects.filter(markets__status__in=("open", "halted", "closed", "settled", "voided"))
        .distinct()
        .prefetch_related("markets__contracts")
        .order_by("-id")
    )
