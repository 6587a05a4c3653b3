"""The order in which an account's fills are handed over, whatever is missing meanwhile."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from likely_client import Fill, InvalidRequestError, TooSlowError
from likely_client._missing_fills import FILLS_KEPT, NEW_MAX, Fills, read_missing
from likely_client.errors import ConnectionLostError

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
FILL = Fill(
    id="0", order="1", market="rain", contract="1", contract_name="Yes", side="buy", kind="book",
    liquidity="maker", price=Decimal("0.40"), quantity=1, market_seq=1, executed_at=NOON,
)  # fmt: skip


def fills(*numbers):
    return [
        replace(FILL, id=str(one), executed_at=NOON + timedelta(seconds=one)) for one in numbers
    ]


def ids(found):
    return [int(fill.id) for fill in found]


@pytest.fixture
def account():
    kept = Fills()
    kept.begin("a")
    return kept


def test_fills_of_before_the_first_snapshot_are_not_missing(account):
    assert account.is_whole
    assert account.missing is None


def test_what_is_told_meanwhile_waits_for_what_is_missing(account):
    account.add(fills(1), "b")
    account.begin("d")
    assert account.missing == ("b", "d")
    account.add(fills(4), "e")
    assert ids(account.kept) == [1]
    account.fill_in(fills(2, 3))
    assert account.is_whole
    assert ids(account.take_new()) == [1, 2, 3, 4]
    account.begin("e")
    assert account.is_whole
    assert account.take_new() == []


def test_another_gap_meanwhile_is_read_with_the_first(account):
    account.begin("b")
    account.add(fills(1), "c")
    account.begin("d")
    assert account.missing == ("a", "d")
    account.fill_in(fills(0, 1, 2))
    assert ids(account.kept) == [0, 1, 2]


def test_changes_without_fills_keep_the_cursor(account):
    account.add([], None)
    account.begin("c")
    assert account.missing == ("a", "c")


def test_site_that_has_no_cursors_is_followed_as_before():
    kept = Fills()
    for _ in range(2):
        kept.begin(None)
        kept.add(fills(1), None)
    assert kept.is_whole
    assert ids(kept.kept) == [1, 1]


def test_who_never_takes_what_is_new_is_told(account):
    account.add(fills(*range(NEW_MAX)), "b")
    assert len(account.take_new()) == NEW_MAX
    assert len(account.kept) == FILLS_KEPT
    account.add(fills(*range(NEW_MAX + 1)), "c")
    with pytest.raises(TooSlowError, match="10000"):
        account.take_new()


def test_missing_fills_are_asked_for_until_they_are_told_and_come_in_order():
    asked = []

    async def read(since, until):
        asked.append((since, until))
        if len(asked) == 1:
            raise ConnectionLostError("away")
        return fills(3, 1, 2)  # a shard's first, then another's

    assert ids(asyncio.run(read_missing("a", "b", read))) == [1, 2, 3]
    assert asked == [("a", "b"), ("a", "b")]


def test_refusal_of_missing_fills_is_raised():
    async def read(*_):
        raise InvalidRequestError({"code": "invalid_cursor"}, status=400)

    with pytest.raises(InvalidRequestError):
        asyncio.run(read_missing("a", "b", read))
