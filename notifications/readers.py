"""Who gets mail about an account: its owner, at a confirmed address."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from allauth.account.models import EmailAddress

from exchange.ledger.models import Account

# Below what every SQLite takes as variables of one statement.
_IDS_AT_ONCE: Final = 900


@dataclass(frozen=True, slots=True)
class Reader:
    """A member and the address to write to."""

    user_id: int
    address: str


def find_readers(account_ids: Collection[int]) -> Mapping[int, Reader]:
    """Return, by account, who reads its mail.

    Bots, closed users, accounts that nobody owns and users without a confirmed address get none.
    """
    owners = _owners(account_ids)
    addresses = _confirmed_addresses(set(owners.values()))
    return {
        account: Reader(user_id, addresses[user_id])
        for account, user_id in owners.items()
        if user_id in addresses
    }


def _owners(account_ids: Collection[int]) -> dict[int, int]:
    members = Account.objects.filter(owner__is_bot=False, owner__is_active=True)
    return {
        account: user_id
        for ids in _slices(account_ids)
        for account, user_id in members.filter(pk__in=ids).values_list("pk", "owner_id")
        if user_id is not None
    }


def _confirmed_addresses(user_ids: Collection[int]) -> dict[int, str]:
    """Return the primary confirmed address, else the one confirmed first."""
    found: dict[int, str] = {}
    for ids in _slices(user_ids):
        rows = EmailAddress.objects.filter(user_id__in=ids, verified=True)
        for user_id, address in rows.order_by("-primary", "pk").values_list("user_id", "email"):
            found.setdefault(user_id, address)
    return found


def _slices(ids: Collection[int]) -> Iterator[list[int]]:
    in_order = sorted(ids)
    for start in range(0, len(in_order), _IDS_AT_ONCE):
        yield in_order[start : start + _IDS_AT_ONCE]
