"""What is saved or deleted one by one is indexed at once, in the transaction of the change.

What the book worker changes comes by the journal (following.py); whoever changes many rows by one
statement calls the service (services.py). check_index finds who forgot to.
"""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import User
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Event, Market
from search import services
from search.models import Kind

Fields = Collection[str] | None
_KINDS: Final[dict[type[Model], Kind]] = {
    Event: Kind.EVENT,
    Market: Kind.MARKET,
    Contract: Kind.CONTRACT,
    User: Kind.MEMBER,
}
# What of these rows the index does not say: alone, they are no reason to look at it.
_UNSAID: Final = frozenset({"shard", "last_login", "password"})


@receiver(post_save, sender=Event)
def index_saved_event(*, instance: Event, created: bool, raw: bool, **_: Any) -> None:
    """Index an event; a new one has nothing to show yet."""
    if not (created or raw):
        services.index_events(event_ids=[instance.pk])


@receiver(post_save, sender=Market)
def index_saved_market(
    *, instance: Market, created: bool, raw: bool, update_fields: Fields, **_: Any
) -> None:
    """Index a market with its event; a new one is a draft."""
    if not (created or raw) and _says_more(update_fields):
        services.index_events(event_ids=[instance.event_id])


@receiver(post_save, sender=Contract)
def index_saved_contract(*, instance: Contract, raw: bool, **_: Any) -> None:
    """Index a contract with its market."""
    if not raw:
        services.index_markets(market_ids=[instance.market_id])


@receiver(post_save, sender=User)
def index_saved_user(
    *, instance: User, created: bool, raw: bool, update_fields: Fields, **_: Any
) -> None:
    """Index a member, or take a closed one out; a new one has no account yet."""
    if not (created or raw) and _says_more(update_fields):
        services.index_members(user_ids=[instance.pk])


@receiver(post_save, sender=Account)
def index_opened_account(*, instance: Account, created: bool, raw: bool, **_: Any) -> None:
    """Index a member who may trade from now on."""
    if created and not raw and instance.owner_id is not None:
        services.index_members(user_ids=[instance.owner_id])


@receiver(post_delete, sender=Event)
@receiver(post_delete, sender=Market)
@receiver(post_delete, sender=Contract)
@receiver(post_delete, sender=User)
def drop_deleted(*, sender: type[Model], instance: Any, **_: Any) -> None:
    """Take what was deleted out of the index."""
    services.drop_document(kind=_KINDS[sender], key=str(instance.pk))


def _says_more(update_fields: Fields) -> bool:
    return update_fields is None or not _UNSAID.issuperset(update_fields)
