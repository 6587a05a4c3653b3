"""Owners of books that share the shards of one exchange, stepped by hand."""

from exchange.trading.owner import BooksOwner
from exchange.trading.owning.membership import Membership


def make_owner(label: str, *, is_standby: bool = False) -> BooksOwner:
    membership = Membership(range(4), label=label, is_standby=is_standby)
    return BooksOwner(range(4), membership=membership)


def rounds(*owners: BooksOwner, count: int = 1) -> None:
    """Have each look around and judge what waits, in turn."""
    for _ in range(count):
        for owner in owners:
            owner.look_around()
            list(owner.step())
