"""manage.py journal verify: the chain, and the same events again."""

import json

import pytest

from exchange.trading.journal import chain_of
from exchange.trading.models import JournalBatch, Shard
from tests.trading.journals.scenes import change_batch, lose_batch, run, trade_in_two_markets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture
def journal(one_shard, books):
    trade_in_two_markets()
    return Shard.objects.get()


def rechain(number: int, **columns: object) -> None:
    """Change a batch as somebody would who can make digests too."""
    digest = JournalBatch.objects.get(number=number - 1).digest
    for row in JournalBatch.objects.filter(number__gte=number).order_by("number"):
        for name, value in columns.items() if row.number == number else ():
            setattr(row, name, value)
        digest = chain_of(digest, row)
        change_batch(row.number, facts=row.facts, entries=row.entries, digest=digest)
    Shard.objects.update(digest=digest)


def test_verify_passes_a_whole_journal(journal, capsys):
    assert run(capsys, "journal", "verify") == (
        0, [f"ok   shard 0: {journal.journal_number} batches, {journal.digest}"]
    )  # fmt: skip


def test_verify_passes_an_empty_database(db, capsys):
    assert run(capsys, "journal", "verify") == (0, [])


def test_verify_of_an_unknown_shard_cannot_be_run(journal, capsys):
    assert run(capsys, "journal", "verify", "--shard", "7") == (2, ["there is no shard 7"])


def test_changed_batch_is_named(journal, capsys):
    change_batch(3, time_ms=1)
    code, lines = run(capsys, "journal", "verify")
    assert (code, lines[1:]) == (
        1, ["     shard 0 batch 3: its digest does not fit: it was changed"]
    )  # fmt: skip


def test_missing_batch_is_named(journal, capsys):
    lose_batch(4)
    code, lines = run(capsys, "journal", "verify")
    assert (code, lines[1:]) == (1, ["     shard 0 batch 4: is missing, 5 comes next"])


def test_missing_last_batch_is_named(journal, capsys):
    end = journal.journal_number
    lose_batch(end)
    code, lines = run(capsys, "journal", "verify")
    assert code == 1
    assert lines[1:] == [
        f"     shard 0 batch {end}: is the last there should be, the journal ends at {end - 1}"
    ]


def test_end_that_is_not_the_shards_is_named(journal, capsys):
    Shard.objects.update(digest="f" * 64)
    code, lines = run(capsys, "journal", "verify")
    last = f"     shard 0 batch {journal.journal_number}"
    assert (code, lines[1:]) == (1, [f"{last}: is not the one that the shard's row names"])


def test_events_spelled_otherwise_are_the_same_events(journal, capsys):
    for number in (3, 4, 5):
        row = JournalBatch.objects.get(number=number)
        rechain(number, entries=json.dumps(json.loads(row.entries), indent=1))
    assert run(capsys, "journal", "verify")[0] == 0


def test_batch_that_gives_other_events_is_named_though_its_chain_fits(journal, capsys):
    row = JournalBatch.objects.get(number=3)
    rechain(3, entries=row.entries.replace('"quantity":10', '"quantity":11'))
    code, lines = run(capsys, "journal", "verify")
    assert code == 1
    assert lines[1].startswith("     shard 0 batch ")
    assert " gave " in lines[1]


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"facts": "[1]"}, "its facts cannot be read"),
        ({"entries": "torn"}, "its entries cannot be read"),
        ({"entries": json.dumps([[1, {"type": "Nonsense"}, []]])}, "holds no command"),
    ],
)
def test_unreadable_batch_is_named_though_its_chain_fits(journal, capsys, columns, what):
    rechain(3, **columns)
    code, lines = run(capsys, "journal", "verify")
    assert code == 1
    assert lines[1].startswith(f"     shard 0 batch 3: {what}: ")
