"""Writing the index, in the transaction of the change that it follows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from zlib import crc32

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from core.slices import slices
from exchange.markets.models import Contract, Event, Market, MarketStatus
from search.documents import (
    findable_members,
    list_category_documents,
    list_event_documents,
    list_member_documents,
)
from search.models import Document, Kind, Word

# What a document says besides what it is of.
FIELDS: Final = (
    "title", "context", "slug", "category", "status", "words", "context_words", "is_open",
    "popularity",
)  # fmt: skip
_ROWS_AT_ONCE: Final = 500
# Short transactions: a database ends those that idle while a busy machine does other things.
_THINGS_AT_ONCE: Final = 50
_LOCKS: Final = 0x5EA2C4  # the first half of the name of each lock

Done = Callable[[int], object]


def index_events(*, event_ids: Iterable[int]) -> int:
    """Write the documents of these events, their markets, contracts and categories.

    Returns how many rows changed. In the caller's transaction, else in one of its own.
    """
    with transaction.atomic():
        changed, categories = _write_events(sorted(set(event_ids)))
        return changed + _write_categories(categories)


def index_markets(*, market_ids: Iterable[int]) -> int:
    """Write the documents of these markets and of their events, as `index_events` does."""
    events = Market.objects.filter(pk__in=list(market_ids)).values_list("event_id", flat=True)
    return index_events(event_ids=events.distinct())


def index_members(*, user_ids: Iterable[int]) -> int:
    """Write the documents of these users, as `index_events` does."""
    ids = sorted(set(user_ids))
    with transaction.atomic():
        _take_turns(f"member {user}" for user in ids)
        keys = [str(user) for user in ids]
        there = Document.objects.filter(kind=Kind.MEMBER, key__in=keys)
        return _write(there, list(list_member_documents(ids)))


def index_category(*, name: str) -> int:
    """Write the document of a category that may have lost its last market, or got one."""
    with transaction.atomic():
        return _write_categories({name})


def drop_document(*, kind: Kind, key: str) -> int:
    """Take what is no more out of the index."""
    return Document.objects.filter(kind=kind, key=key).delete()[0]


def rebuild_index(*, done: Done = lambda _: None) -> int:
    """Write every document anew where it differs; return how many did.

    In transactions of a few hundred each, so searches and changes go on meanwhile. `done` is told
    how many events and members have been looked at.
    """
    changed = 0
    categories: set[str] = set()
    for ids in slices(Event.objects.order_by("pk").values_list("pk", flat=True), _THINGS_AT_ONCE):
        with transaction.atomic():
            rows, names = _write_events(ids)
        changed += rows
        categories |= names
        done(len(ids))
    changed += sum(index_category(name=name) for name in sorted(categories))
    for ids in slices(User.objects.order_by("pk").values_list("pk", flat=True)):
        changed += index_members(user_ids=ids)
        done(len(ids))
    return changed + _drop_what_is_gone() + drop_unused_words()


def fill_empty_index() -> int:
    """Make the index of a site that has none yet; return how many rows it then has."""
    return 0 if Document.objects.exists() else rebuild_index()


def count_things() -> int:
    """Return how many events and users a rebuild looks at."""
    return Event.objects.count() + User.objects.count()


def drop_unused_words() -> int:
    """Forget the words that no document has any more; return how many."""
    known = set(Word.objects.values_list("word", flat=True).iterator())
    unused = known - words_of(Document.objects.only("words", "context_words").iterator())
    for words in slices(sorted(unused)):
        Word.objects.filter(word__in=words).delete()
    return len(unused)


def words_of(documents: Iterable[Document]) -> set[str]:
    """Return all the words of documents."""
    found: set[str] = set()
    for document in documents:
        found.update(document.words.split(), document.context_words.split())
    return found


def _write_events(ids: Sequence[int]) -> tuple[int, set[str]]:
    """Write what belongs to these events but their categories; return the count, and those."""
    _take_turns(f"event {event}" for event in ids)
    there = list(_documents_of_events(ids))
    wanted = list(list_event_documents(ids))
    changed = _write(there, wanted)
    # An event that moved to another category may have been the last one in its old.
    return changed, {one.category for one in (*there, *wanted)}


def _write_categories(names: set[str]) -> int:
    _take_turns(f"category {name}" for name in names)
    there = Document.objects.filter(kind=Kind.CATEGORY, key__in=names)
    return _write(there, list(list_category_documents(names)))


def _documents_of_events(event_ids: Sequence[int]) -> QuerySet[Document]:
    """Return what the index has of these events and of the markets and contracts they have now."""
    markets = Market.objects.filter(event__in=event_ids)
    contracts = Contract.objects.filter(market__event__in=event_ids)
    return Document.objects.filter(
        Q(kind=Kind.EVENT, key__in=[str(event) for event in event_ids])
        | Q(kind=Kind.MARKET, key__in=_keys(markets.values_list("pk", flat=True)))
        | Q(kind=Kind.CONTRACT, key__in=_keys(contracts.values_list("pk", flat=True)))
    )


def _keys(ids: Iterable[int]) -> list[str]:
    return [str(one) for one in ids]


def _write(there: Iterable[Document], wanted: Sequence[Document]) -> int:
    """Make the index say what is wanted where it said what is there; return how many differ."""
    old = {(document.kind, document.key): document for document in there}
    changed = [
        document for document in wanted if _differs(old.pop(_id_of(document), None), document)
    ]
    if old:
        Document.objects.filter(pk__in=[document.pk for document in old.values()]).delete()
    if changed:
        Document.objects.bulk_create(
            changed,
            batch_size=_ROWS_AT_ONCE,
            update_conflicts=True,
            unique_fields=["kind", "key"],
            update_fields=FIELDS,
        )
        _learn(words_of(changed))
    return len(changed) + len(old)


def _id_of(document: Document) -> tuple[str, str]:
    return str(document.kind), document.key


def _differs(old: Document | None, new: Document) -> bool:
    return old is None or any(getattr(old, name) != getattr(new, name) for name in FIELDS)


def _learn(words: set[str]) -> None:
    """Note words that are new. Asked for first: an INSERT of a word waits for another's COMMIT."""
    known = set(Word.objects.filter(word__in=words).values_list("word", flat=True))
    new = sorted(words - known)
    Word.objects.bulk_create(
        [Word(word=word) for word in new], batch_size=_ROWS_AT_ONCE, ignore_conflicts=True
    )


def _take_turns(names: Iterable[str]) -> None:
    """Write the same documents one after the other, until the end of the transaction.

    Whoever comes second then reads what the first has committed. SQLite has one writer anyway.
    """
    numbers = sorted({crc32(name.encode()) - 2**31 for name in names})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, number) FROM UNNEST(%s::int[]) AS number",
                [_LOCKS, numbers],
            )


def _drop_what_is_gone() -> int:
    """Drop the documents of what was deleted, or is not to be found any more."""
    shown = Market.objects.exclude(status=MarketStatus.DRAFT)
    found_in: Sequence[tuple[Kind, QuerySet[Any], str]] = (
        (Kind.EVENT, shown, "event_id"),
        (Kind.MARKET, shown, "pk"),
        (Kind.CONTRACT, Contract.objects.exclude(market__status=MarketStatus.DRAFT), "pk"),
        (Kind.CATEGORY, shown, "event__category"),
        (Kind.MEMBER, findable_members(), "pk"),
    )
    return sum(_drop_missing(kind, rows, column) for kind, rows, column in found_in)


def _drop_missing(kind: Kind, rows: QuerySet[Any], column: str) -> int:
    dropped = 0
    documents = Document.objects.filter(kind=kind)
    for keys in slices(documents.order_by("pk").values_list("key", flat=True)):
        present = rows.filter(**{f"{column}__in": keys}).values_list(column, flat=True)
        missing = set(keys) - {str(key) for key in present}
        dropped += documents.filter(key__in=missing).delete()[0]
    return dropped
