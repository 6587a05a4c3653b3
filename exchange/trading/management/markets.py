"""Markets as operators name them on the command line."""

from django.core.management.base import CommandError
from django.db.models import Q

from exchange.markets.models import Market


def find_market(name: str) -> Market:
    """Return the market with that slug or id. Raises CommandError."""
    named = Q(slug=name)
    if name.isascii() and name.isdigit() and int(name) < 2**63:
        named |= Q(pk=int(name))
    # A slug may look like a number: it goes before the id.
    found = sorted(Market.objects.filter(named)[:2], key=lambda market: market.slug != name)
    if not found:
        raise CommandError(f"there is no market {name}: give its slug or its id", returncode=2)
    return found[0]
