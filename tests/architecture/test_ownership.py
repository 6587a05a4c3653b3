"""What one file alone may do (docs/architecture.md), checked by one search each."""

import re

import pytest

from tests.architecture.sources import app_code, name_of, text

PUBLISHER = "exchange/trading/publisher.py"
WRITER = "exchange/trading/writer"

# what is searched for, the files that may hold it (a prefix each)
OWNERS = {
    # The inbox wakes the owner of a shard; everything else goes out after a batch, from one file.
    r"\.group_send\(": (PUBLISHER, "exchange/trading/inbox.py"),
    r"\bTransfer(\.objects)?\.?(bulk_create|create)?\((?!TransferKind)": (
        "exchange/ledger/services.py", WRITER, "exchange/ledger/models.py",
    ),
    r"\bTransfer\.objects\.(bulk_)?create\(": ("exchange/ledger/services.py", WRITER),
    r"\b(Order|Trade|Position|Journal\w*)\.objects\.(bulk_)?(create|update)\(": (WRITER,),
    r"\bInboxCommand(\.objects\.(bulk_)?create)?\(": (
        "exchange/trading/gateway.py", "exchange/trading/inbox.py", "exchange/trading/models.py",
    ),
}  # fmt: skip


def _holders(pattern: str) -> set[str]:
    return {name_of(path) for path in app_code() if re.search(pattern, text(path))}


@pytest.mark.parametrize("pattern", OWNERS)
def test_only_the_owner_does_it(pattern):
    strangers = {name for name in _holders(pattern) if not name.startswith(OWNERS[pattern])}
    assert strangers == set(), f"belongs to {OWNERS[pattern]}"
