"""Opening many draft markets at once, through the inbox like everything else."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from accounts.models import User
from core.ids import new_id
from exchange.markets.models import Market, MarketStatus
from exchange.trading import inbox
from exchange.trading.gateway import lifecycle_command, submit_many
from exchange.trading.models import InboxCommand

_MARKETS_AT_ONCE: Final = 500


def submit_openings(*, market_ids: Sequence[int], user: User | None = None) -> Iterator[int]:
    """Ask for the opening of those that are drafts, and do not wait; yield how many, in steps.

    Markets whose opening is asked for already are left out, so this may be repeated. Runs a
    transaction for each step, none around them all.
    """
    asked = _asked_for_already()
    for start in range(0, len(market_ids), _MARKETS_AT_ONCE):
        ids = [pk for pk in market_ids[start : start + _MARKETS_AT_ONCE] if pk not in asked]
        drafts = Market.objects.filter(pk__in=ids, status=MarketStatus.DRAFT).order_by("pk")
        rows = [_row(market, user) for market in drafts.prefetch_related("contracts")]
        if rows:
            submit_many(rows)
        yield len(rows)


def count_drafts(market_ids: Collection[int]) -> int:
    """Return how many of the markets are not open yet."""
    wanted = set(market_ids)
    drafts = Market.objects.filter(status=MarketStatus.DRAFT).values_list("pk", flat=True)
    return sum(pk in wanted for pk in drafts)


def _row(market: Market, user: User | None) -> InboxCommand:
    return inbox.new_row(
        command_id=new_id(),
        shard=market.shard,
        command=lifecycle_command(market, "open"),
        user_id=None if user is None else user.pk,
    )


def _asked_for_already() -> set[int]:
    waiting = InboxCommand.objects.filter(kind="OpenMarket").values_list("payload", flat=True)
    return {json.loads(payload)["market"] for payload in waiting}
