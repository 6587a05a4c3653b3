"""What every test may use."""

from collections.abc import Iterator

import pytest

from exchange.markets.models import Market
from exchange.trading import inbox
from exchange.trading.gateway import submit_lifecycle
from exchange.trading.owner import BooksOwner
from tests.flushing import emptyable_database
from tests.isolation import own_door, own_redis_names

__all__ = ["emptyable_database", "own_door", "own_redis_names"]


class InlineBooks:
    """The real owner of the books, stepped in the test's own thread when the inbox is nudged."""

    def __init__(self, shards: int) -> None:
        self.owner = BooksOwner(range(shards))
        self.publications: list[object] = []
        self.unlisten = inbox.listen(self.pump)

    def pump(self, _: int = 0) -> None:
        """Judge everything that waits or is due."""
        self.owner.look_for_due()
        while published := list(self.owner.step()):
            self.publications += published

    def open(self, market: Market) -> Market:
        """Open a draft market through the inbox and return it as it is then."""
        assert not submit_lifecycle(user=None, market=market, action="open").reason
        return Market.objects.select_related("event").get(pk=market.pk)

    def give_up(self) -> None:
        """Hand the books over to whoever takes them, and judge no more."""
        self.unlisten()
        self.unlisten = lambda: None
        self.owner.stop()

    def restart(self) -> None:
        """Hand the books over and read them back, as a new process would."""
        shards = tuple(self.owner.books)
        self.owner.stop()
        self.owner = BooksOwner(shards)
        self.pump()


@pytest.fixture
def one_shard(settings: object) -> None:
    """One shard for all markets, whatever the environment asks for."""
    settings.BOOK_SHARDS = 1  # type: ignore[attr-defined]


@pytest.fixture
def books(db: None, settings: object) -> Iterator[InlineBooks]:
    """The exchange's books, open for business: what the gateway submits is judged at once."""
    inline = InlineBooks(settings.BOOK_SHARDS)  # type: ignore[attr-defined]
    inline.pump()
    yield inline
    inline.unlisten()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run browser tests last: their driver leaves an event loop running in the test's thread."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
