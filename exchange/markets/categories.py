"""Categories have no rows of their own: they are what events say, and their pages go by slugs."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify

from exchange.markets.models import Event, Market, MarketStatus

_SHOWN = [status for status in MarketStatus.values if status != MarketStatus.DRAFT]


def list_categories() -> list[str]:
    """Return the categories that have a market to show, by name."""
    events = Event.objects.filter(markets__status__in=_SHOWN).exclude(category="")
    return list(events.order_by("category").values_list("category", flat=True).distinct())


def find_categories(slug: str) -> list[str]:
    """Return the categories that go by a slug: one, more where only signs tell them apart."""
    return [name for name in list_categories() if slug_of(name) == slug]


def slug_of(category: str) -> str:
    """Return the slug of a category; "" where it has neither letters nor digits."""
    return slugify(category, allow_unicode=True)


def path_of(category: str) -> str:
    """Return the path of a category's page; of one without a slug, that of its list."""
    slug = slug_of(category)
    if slug:
        return reverse("web:category", args=[slug])
    return f"{reverse('web:markets')}?{urlencode({'category': category})}"


def list_category_events(names: list[str]) -> QuerySet[Event]:
    """Return the events of categories that have an open market, newest first."""
    events = Event.objects.filter(category__in=names, markets__status=MarketStatus.OPEN)
    return events.distinct().order_by("-id")


def in_categories(markets: QuerySet[Market], names: list[str]) -> QuerySet[Market]:
    """Narrow markets to those of categories."""
    return markets.filter(event__category__in=names)
