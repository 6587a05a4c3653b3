"""Writing events, markets and contracts. Their status moves only through the inbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from core.ids import new_id
from exchange.ledger.models import Account, AccountKind
from exchange.markets.metadata import checked_metadata
from exchange.markets.models import Contract, Event, Market
from exchange.markets.outcomes import YES, is_yes_no


def create_event(
    *,
    title: str,
    category: str,
    starts_at: datetime | None = None,
    slug: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> Event:
    """Create an event; its slug is made from the title when none is given.

    Raises ValueError when the metadata is not well-formed.
    """
    return Event.objects.create(
        title=title,
        category=category,
        starts_at=starts_at,
        slug=slug or free_slug(Event, title),
        metadata=checked_metadata(metadata or {}),
    )


def create_market(
    *,
    event: Event,
    title: str,
    outcomes: Sequence[str],
    rules: str,
    closes_at: datetime | None = None,
    has_other: bool = False,
    price_step_ticks: int = 100,
    slug: str = "",
) -> Market:
    """Create a draft market with one contract per outcome, and its clearing account.

    One outcome: a yes/no market, No being its other side. Runs in one transaction.
    """
    with transaction.atomic():
        market = Market(
            event=event,
            title=title,
            slug=slug or free_slug(Market, title),
            rules=rules,
            closes_at=closes_at,
            has_other=has_other or len(outcomes) == 1,
            price_step_ticks=price_step_ticks,
            shard=0,
        )
        save_new_market(market)
        Contract.objects.bulk_create(
            Contract(market=market, name=name, position=position)
            for position, name in enumerate(outcomes)
        )
    return market


def save_new_market(market: Market) -> None:
    """Save a new market with its shard (by hash of its id) and clearing account."""
    with transaction.atomic():
        market.save()
        market.shard = market.pk % settings.BOOK_SHARDS
        market.save(update_fields=["shard"])
        Account.objects.create(kind=AccountKind.CLEARING, code=f"clearing-{market.pk}")


def apply_outcome_rules(*, market: Market) -> bool:
    """Make a draft's contracts what an import would have made of their names.

    Yes and No become one contract Yes; a single contract always has another side. Returns
    whether No was left out. Runs in one transaction.
    """
    with transaction.atomic():
        contracts = list(market.contracts.all())
        has_no = len(contracts) > 1 and is_yes_no([contract.name for contract in contracts])
        if has_no:
            market.contracts.exclude(name__iexact=YES).delete()
            market.contracts.update(name=YES, position=0)
        if (has_no or len(contracts) == 1) and not market.has_other:
            Market.objects.filter(pk=market.pk).update(has_other=True)
    return has_no


def free_slug(model: type[Event | Market], title: str) -> str:
    """Return a slug of a title that no row of the model has yet. Titles of any script work."""
    limit = 100
    base = slugify(title, allow_unicode=True)[:limit].strip("-") or "untitled"
    if not model.objects.filter(slug=base).exists():
        return base
    return f"{base}-{new_id():x}"
