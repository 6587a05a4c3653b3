"""Telling open pages that an event or a market of it is not what it was."""

from core import live
from exchange.markets.models import Event, Market, MarketStatus


def announce_edit(edited: Event | Market) -> None:
    """Have whoever shows an event, or a market of it, read it anew after the commit.

    Of a draft nobody is told.
    """
    if isinstance(edited, Event):
        live.push(f"event.{edited.pk}", {"type": "edited"})
    elif edited.status != MarketStatus.DRAFT:
        live.push(f"event.{edited.event_id}", {"type": "edited", "market": edited.slug})


def announce_status(market: Market, status: str) -> None:
    """Have whoever shows a market's event hear where the market stands, after the commit."""
    payload = {"type": "status", "market": market.slug, "status": status}
    live.push(f"event.{market.event_id}", payload)
