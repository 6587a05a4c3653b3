"""What one file alone may do (docs/architecture.md), checked by one search each."""

import re

import pytest

from tests.architecture.sources import app_code, name_of, text

TRADING = "trading_(order|trade|position|marketexposure|outcome|journalbatch|shard)"
MODELS = "(Order|Trade|Position|MarketExposure|Outcome|JournalBatch)"

# what is searched for, the files that may hold it (a prefix each)
OWNERS = {
    # The inbox wakes the owner of a shard; what a batch changed goes out from one file; and one
    # tells the hubs whose sessions are over.
    r"\.group_send\(": (
        "exchange/trading/publisher.py", "exchange/trading/inbox.py",
        "exchange/realtime/endings.py",
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
    # Rows for a table, in the form that the writer's stores take.
    rf"\bInsert\(\s*\"({TRADING}|ledger_transfer)\"": ("exchange/trading/writer",),
    r"\bInboxCommand\((?!models)|\bInboxCommand\.objects\.(bulk_)?create\(": (
        "exchange/trading/inbox.py",
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
