"""What the index says of each thing: its words, its rank, what is shown of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from django.db.models import QuerySet

from accounts.models import User
from exchange.ledger.models import Account, AccountKind
from exchange.markets.metadata import shown_metadata
from exchange.markets.models import Contract, Event, Market, MarketStatus
from search.folding import fold_words
from search.models import Document, Kind

_LIVING: Final = frozenset({MarketStatus.OPEN, MarketStatus.HALTED})
_WORDS_MAX: Final = 80
_CONTEXT_LENGTH_MAX: Final = 300


def popularity_of(volume: int) -> int:
    """Return a volume to its first two digits: 12,345 -> 12,000. It changes seldom."""
    unit: int = 10 ** max(0, len(str(volume)) - 2)
    return volume // unit * unit


def list_event_documents(event_ids: Iterable[int]) -> Iterator[Document]:
    """Yield the documents of these events and of all that belongs to them."""
    events = Event.objects.filter(pk__in=list(event_ids)).prefetch_related("markets__contracts")
    for event in events:
        yield from _documents_of_event(event)


def list_category_documents(names: Iterable[str]) -> Iterator[Document]:
    """Yield the documents of those of these categories that have a market to show."""
    # One by one: the first market found answers, of however many.
    for name in filter(None, names):
        markets = Market.objects.filter(event__category=name)
        is_open = markets.filter(status__in=_LIVING).exists()
        if is_open or markets.exclude(status=MarketStatus.DRAFT).exists():
            yield _category_document(name, is_open=is_open)


def list_member_documents(user_ids: Iterable[int]) -> Iterator[Document]:
    """Yield the documents of those of these users who are members to be found."""
    for user in findable_members().filter(pk__in=list(user_ids)):
        yield Document(
            kind=Kind.MEMBER,
            key=str(user.pk),
            title=user.get_full_name(),
            context=f"@{user.handle}",
            slug=user.handle,
            words=pad([*fold_words(user.handle), *fold_words(user.name)]),
            context_words="",
        )


def findable_members() -> QuerySet[User]:
    """Return the users who can be found: active, with an account that trades."""
    accounts = Account.objects.filter(kind=AccountKind.MEMBER, owner__isnull=False)
    return User.objects.filter(is_active=True, pk__in=accounts.values("owner"))


def pad(words: Iterable[str]) -> str:
    """Return words, each once, with a space on both sides: " rain in may "; "" for none."""
    unique = list(dict.fromkeys(words))[:_WORDS_MAX]
    return f" {' '.join(unique)} " if unique else ""


def _documents_of_event(event: Event) -> Iterator[Document]:
    markets = [market for market in event.markets.all() if market.status != MarketStatus.DRAFT]
    if not markets:
        return
    facts = list(_facts(event))
    # One market of the same title says it already.
    if len(markets) > 1 or fold_words(markets[0].title) != fold_words(event.title):
        yield _event_document(event, markets, facts)
    for market in markets:
        contracts = list(market.contracts.all())
        yield _market_document(event, market, contracts, facts)
        if len(contracts) > 1:
            yield from (_contract_document(event, market, contract) for contract in contracts)


def _category_document(name: str, *, is_open: bool) -> Document:
    return Document(
        kind=Kind.CATEGORY,
        key=name,
        title=name,
        slug=name,
        category=name,
        words=pad(fold_words(name)),
        context_words="",
        is_open=is_open,
    )


def _event_document(event: Event, markets: Sequence[Market], facts: list[str]) -> Document:
    return Document(
        kind=Kind.EVENT,
        key=str(event.pk),
        title=event.title,
        context=event.category,
        slug=event.slug,
        category=event.category,
        words=pad(fold_words(event.title)),
        context_words=pad(facts),
        is_open=any(market.status in _LIVING for market in markets),
        popularity=popularity_of(sum(market.volume for market in markets)),
    )


def _market_document(
    event: Event, market: Market, contracts: Sequence[Contract], facts: list[str]
) -> Document:
    names = [word for contract in contracts for word in fold_words(contract.name)]
    around = [*fold_words(event.title), *facts]
    if len(contracts) > 1:
        around = [*around, *names]
    return Document(
        kind=Kind.MARKET,
        key=str(market.pk),
        title=market.title,
        context=event.title if event.title != market.title else event.category,
        slug=market.slug,
        category=event.category,
        status=market.status,
        words=pad(fold_words(market.title)),
        context_words=pad(around),
        is_open=market.status in _LIVING,
        popularity=popularity_of(market.volume),
    )


def _contract_document(event: Event, market: Market, contract: Contract) -> Document:
    return Document(
        kind=Kind.CONTRACT,
        key=str(contract.pk),
        title=contract.name,
        context=market.title[:_CONTEXT_LENGTH_MAX],
        slug=market.slug,
        category=event.category,
        status=market.status,
        words=pad(fold_words(contract.name)),
        context_words=pad(fold_words(market.title)),
        is_open=market.status in _LIVING,
        popularity=popularity_of(market.volume),
    )


def _facts(event: Event) -> Iterator[str]:
    """Yield the words of an event's category and of the texts among its metadata."""
    yield from fold_words(event.category)
    for value in _texts(shown_metadata(event.metadata)):
        yield from fold_words(value)


def _texts(metadata: Mapping[str, object]) -> Iterator[str]:
    for value in metadata.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from value
