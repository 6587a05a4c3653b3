"""What one file alone may do (docs/architecture.md), checked by one search each."""

import re

import pytest

from tests.architecture.sources import app_code, name_of, text

TRADING = "trading_(order|trade|position|marketexposure|outcome|journalbatch)"
OWNER = "(author|challenger|opponent|owner)"
MODELS = "(Order|Trade|Position|MarketExposure|Outcome|JournalBatch)"

# what is searched for, the files that may hold it (a prefix each)
OWNERS = {
    # The inbox wakes the owner of a shard; what a batch changed goes out from one file; one tells
    # the hubs whose sessions are over; and one carries the pushes of every other app.
    r"\.group_send\(": (
        "exchange/trading/publisher.py", "exchange/trading/inbox.py",
        "exchange/realtime/endings.py", "core/live.py",
    ),
    r"\bTransfer\.objects\.(bulk_)?create\(|INSERT INTO ledger_transfer": (
        "exchange/ledger/services.py", "exchange/trading/writer",
    ),
    r"\bbalance_ticks=F\(|UPDATE ledger_account\b": (
        "exchange/ledger/services.py", "exchange/trading/writer",
    ),
    rf"(INSERT INTO|UPDATE|COPY) {TRADING}\b|\b{MODELS}\.objects\.(bulk_)?(create|update)\(": (
        "exchange/trading/writer",
    ),
    # A shard's row says where its journal ends, and whose it is.
    r"(INSERT INTO|UPDATE|COPY) trading_shard\b": (
        "exchange/trading/writer", "exchange/trading/lease.py",
    ),
    # Rows for a table, in the form that the writer's stores take.
    rf"\bInsert\(\s*\"({TRADING}|trading_shard|ledger_transfer)\"": ("exchange/trading/writer",),
    r"\bInboxCommand\((?!models)|\bInboxCommand\.objects\.(bulk_)?create\(": (
        "exchange/trading/inbox.py",
    ),
    # Whose an object is, and what staff may: no view, page or socket decides by itself.
    r"\.is_(staff|superuser)\b": ("accounts/access.py",),
    rf"\b(viewer|user|visitor)(_id|\.pk) (==|!=|in|not in) \(?\w+\.{OWNER}_id": (
        "social/challenges/results.py",  # which side it was
    ),
    r"(?m)^class \w+\((\w+\.)?(BasePermission|IsAuthenticated|IsAdminUser|HasTradingAccount)\)": (
        "exchange/ledger/api.py",
    ),
    # Whoever makes an engine holds books: the owner's, the program that runs on a file, and those
    # that a journal makes when it is run again.
    r"(?<!class )\bEngine\(": (
        "exchange/trading/books.py", "exchange/engine/", "exchange/trading/journals/replaying.py",
    ),
}  # fmt: skip


def _holders(pattern: str) -> set[str]:
    return {name_of(path) for path in app_code() if re.search(pattern, text(path))}


@pytest.mark.parametrize("pattern", OWNERS)
def test_only_the_owner_does_it(pattern):
    strangers = {name for name in _holders(pattern) if not name.startswith(OWNERS[pattern])}
    assert strangers == set(), f"belongs to {OWNERS[pattern]}"


@pytest.mark.parametrize("pattern", OWNERS)
def test_what_is_searched_for_is_there(pattern):
    # A pattern that finds nothing any more guards nothing.
    assert _holders(pattern) != set()


def test_nobody_compares_an_owner_with_who_looks():
    # accounts/access.py is asked, in the ids' own words.
    assert _holders(rf"{OWNER}_id (==|!=|in) \(?(request\.)?(user|viewer|author|member)\b") == set()
