"""Proof of the index: it says what is there."""

from collections.abc import Iterator, Sequence
from typing import Final

from accounts.models import User
from core.slices import slices
from exchange.markets.models import Event
from exchange.trading.models import Shard
from exchange.trading.subscribing.models import JournalCursor
from search.documents import list_category_documents, list_event_documents, list_member_documents
from search.following import SUBSCRIBER
from search.models import Document, Kind, Word
from search.services import FIELDS, words_of

_SAID_MAX: Final = 500
# What the journal brings, a moment after the markets themselves.
_BROUGHT_BY_JOURNAL: Final = frozenset({Kind.MARKET, Kind.EVENT, Kind.CONTRACT, Kind.CATEGORY})


def search_index_says_what_is_there() -> Iterator[str]:
    """Each thing that can be found has its document, and none is of what is not there.

    While the journal is ahead of the index, only the members are looked at. Memory: the ids.
    """
    kinds = {Kind.MEMBER} if _is_behind() else set(Kind)
    unseen = set(Document.objects.filter(kind__in=kinds).values_list("pk", flat=True).iterator())
    for some in slices(_expected(kinds)):
        yield from _differences(some, unseen)
    for document in Document.objects.filter(pk__in=sorted(unseen)[:_SAID_MAX]):
        yield f"{document} is in the index, but not to be found"


def words_are_known() -> Iterator[str]:
    """Every word of the index is among those that mistyped ones are compared with."""
    known = set(Word.objects.values_list("word", flat=True).iterator())
    documents = Document.objects.only("words", "context_words").iterator()
    for word in sorted(words_of(documents) - known):
        yield f"the word {word!r} is not known"


def _is_behind() -> bool:
    cursors = dict(
        JournalCursor.objects.filter(subscriber=SUBSCRIBER).values_list("shard", "number")
    )
    ends = Shard.objects.values_list("number", "journal_number")
    return any(cursors.get(shard, 0) < end for shard, end in ends)


def _expected(kinds: set[Kind]) -> Iterator[Document]:
    if not kinds.isdisjoint(_BROUGHT_BY_JOURNAL):
        for ids in slices(Event.objects.order_by("pk").values_list("pk", flat=True)):
            yield from list_event_documents(ids)
        categories = Event.objects.values_list("category", flat=True)
        yield from list_category_documents(categories.distinct())
    for ids in slices(User.objects.order_by("pk").values_list("pk", flat=True)):
        yield from list_member_documents(ids)


def _differences(expected: Sequence[Document], unseen: set[int]) -> Iterator[str]:
    """Yield how the index differs from these; take what it has of them from `unseen`."""
    keys = [one.key for one in expected]
    there = {(one.kind, one.key): one for one in Document.objects.filter(key__in=keys)}
    for wanted in expected:
        found = there.get((str(wanted.kind), wanted.key))
        if found is None:
            yield f"{wanted} is not in the index"
            continue
        unseen.discard(found.pk)
        for name in FIELDS:
            has, should = getattr(found, name), getattr(wanted, name)
            if has != should:
                yield f"{wanted}: {name} is {has!r}, not {should!r}"
