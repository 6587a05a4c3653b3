"""As many members as one likes, who follow each other and have traded: to see a full site."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Follow, User
from core.slices import slices
from exchange.ledger.models import Account
from exchange.ledger.services import open_member_account
from exchange.trading.bulk import BulkOrder, submit_orders
from exchange.trading.gateway import OrderRequest
from exchange.web.demo.markets import open_demo_contracts, starting_prices
from exchange.web.demo.orders import clamp_price

FOLLOWS_EACH: Final = 5
_AT_ONCE: Final = 500
_CENT: Final = 100
_QUANTITY_MAX: Final = 20
_FIRST_NAMES: Final = (
    "Ada", "Ben", "Chidi", "Dana", "Emre", "Fatou", "Goran", "Hana", "Ines", "Jun", "Kofi", "Lena",
    "Mateo", "Nadia", "Olek", "Priya", "Quinn", "Rosa", "Sven", "Tariq", "Uma", "Vera", "Wren",
    "Ximena", "Yusuf", "Zoe",
)  # fmt: skip
_LAST_NAMES: Final = (
    "Abe", "Berg", "Costa", "Diaz", "Eriksen", "Farkas", "Gupta", "Horvat", "Ito", "Jansen",
    "Khan", "Lopez", "Mensah", "Novak", "Okoye", "Park", "Rossi", "Sato", "Tran", "Weber", "Young",
)  # fmt: skip

Done = Callable[[int], object]


def handle_of(number: int) -> str:
    """Return the handle of a member of the crowd, from 1 on."""
    return f"member-{number:05}"


def make_crowd(count: int, done: Done) -> list[Account]:
    """Make members with confirmed addresses and credits, or find them; return their accounts.

    A transaction for each few hundred; `done` hears how many each made.
    """
    accounts: list[Account] = []
    for numbers in slices(range(1, count + 1), _AT_ONCE):
        with transaction.atomic():
            accounts += [open_member_account(user=user) for user in _members(numbers)]
        done(len(numbers))
    return accounts


def follow_in_crowd(accounts: Sequence[Account]) -> None:
    """Let everybody follow some others, the first ones most; the same others each time."""
    members = [account.owner_id for account in accounts if account.owner_id is not None]
    draw = random.Random(11)  # noqa: S311 -- the same follows each time
    rows = (
        Follow(follower_id=member, followed_id=other)
        for member in members
        for other in {members[int(len(members) * draw.random() ** 2)] for _ in range(FOLLOWS_EACH)}
        if other != member
    )
    for some in slices(rows, _AT_ONCE):
        Follow.objects.bulk_create(some, ignore_conflicts=True)


def trade_in_crowd(accounts: Sequence[Account]) -> Iterator[list[int]]:
    """Submit an order of each member, once however often this runs; yield the new ones' ids.

    Of two neighbours one buys and the other sells, at prices that meet.
    """
    for some in slices(list(enumerate(accounts)), _AT_ONCE):
        yield submit_orders(orders=list(_orders(some)))


def _orders(accounts: Sequence[tuple[int, Account]]) -> Iterator[BulkOrder]:
    prices = starting_prices()
    contracts = [contract for contract in open_demo_contracts() if contract.pk in prices]
    for index, account in accounts:
        contract = contracts[index // 2 % len(contracts)]
        is_buyer = index % 2 == 0
        distance = _CENT if is_buyer else -_CENT
        assert account.owner is not None, "members of the crowd own their accounts"
        order = OrderRequest(
            contract=contract,
            side="buy" if is_buyer else "sell",
            price_ticks=clamp_price(prices[contract.pk] + distance),
            quantity=1 + index // 2 % _QUANTITY_MAX,
            client_order_id="demo-crowd",
        )
        yield BulkOrder(account=account, user=account.owner, order=order)


def _members(numbers: Sequence[int]) -> list[User]:
    handles = [handle_of(number) for number in numbers]
    known = set(User.objects.filter(handle__in=handles).values_list("handle", flat=True))
    fresh = [number for number in numbers if handle_of(number) not in known]
    made = User.objects.bulk_create(_user(number) for number in fresh)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in made
    )
    return list(User.objects.filter(handle__in=handles).order_by("handle"))


def _user(number: int) -> User:
    first = _FIRST_NAMES[number % len(_FIRST_NAMES)]
    last = _LAST_NAMES[number // len(_FIRST_NAMES) % len(_LAST_NAMES)]
    handle = handle_of(number)
    return User(
        email=f"{handle}@example.com",
        handle=handle,
        name=f"{first} {last}",
        password=make_password(None),  # nobody logs in as one of them
    )
