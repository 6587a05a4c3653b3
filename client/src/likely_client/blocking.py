"""The client that looks synchronous. It is the asynchronous one, run in a thread."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from likely_client._bridge import Bridge
from likely_client._core import OrderEntry
from likely_client._wires import Wire
from likely_client.accounts import Account
from likely_client.aio import AsyncClient
from likely_client.replicas import Book

P = ParamSpec("P")
T = TypeVar("T")


class _Blocking:
    _client: AsyncClient
    _bridge: Bridge


def _waiting(
    method: Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[_Blocking, P], T]:
    """Return a method that waits for what the asynchronous one returns."""

    @wraps(method)
    def call(self: _Blocking, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._bridge.run(method(self._client, *args, **kwargs))

    return call


def _iterating(
    method: Callable[Concatenate[AsyncClient, P], AsyncIterator[T]],
) -> Callable[Concatenate[_Blocking, P], Iterator[T]]:
    """Return a method that yields what the asynchronous one yields."""

    @wraps(method)
    def call(self: _Blocking, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        yield from self._bridge.iterate(method(self._client, *args, **kwargs))

    return call


class Client(_Blocking):
    """A Likely site for one member, by an API key; for nobody without one.

    with Client("http://localhost:8000", key="lk_...") as client: ...

    `timeout_s` is how long a call may take with all its retries. `order_entry` "socket" hands
    orders in over the live feed, which is quicker. `wire` "protobuf" has the live feed in fewer
    bytes; it needs `pip install likely-client[protobuf]`. May be used from several threads.
    """

    def __init__(
        self,
        site: str = "http://localhost:8000",
        key: str | None = None,
        *,
        timeout_s: float = 30.0,
        order_entry: OrderEntry = "rest",
        wire: Wire = "json",
    ) -> None:
        self._client = AsyncClient(
            site, key, timeout_s=timeout_s, order_entry=order_entry, wire=wire
        )
        self._bridge = Bridge()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection and end the thread behind it."""
        if not self._bridge.is_closed:
            self._bridge.run(self._client.close())
            self._bridge.close()

    market = _waiting(AsyncClient.market)
    markets = _waiting(AsyncClient.markets)
    event = _waiting(AsyncClient.event)
    events = _waiting(AsyncClient.events)
    search = _waiting(AsyncClient.search)
    depth = _waiting(AsyncClient.depth)
    trades = _waiting(AsyncClient.trades)
    candles = _waiting(AsyncClient.candles)

    buy = _waiting(AsyncClient.buy)
    sell = _waiting(AsyncClient.sell)
    place = _waiting(AsyncClient.place)
    batch = _waiting(AsyncClient.batch)
    preview = _waiting(AsyncClient.preview)
    cancel = _waiting(AsyncClient.cancel)
    cancel_batch = _waiting(AsyncClient.cancel_batch)
    cancel_all = _waiting(AsyncClient.cancel_all)
    reduce = _waiting(AsyncClient.reduce)
    replace = _waiting(AsyncClient.replace)

    order = _waiting(AsyncClient.order)
    queue = _waiting(AsyncClient.queue)
    queues = _waiting(AsyncClient.queues)
    orders = _waiting(AsyncClient.orders)
    positions = _waiting(AsyncClient.positions)
    fills = _waiting(AsyncClient.fills)
    ledger = _waiting(AsyncClient.ledger)
    balance = _waiting(AsyncClient.balance)
    limits = _waiting(AsyncClient.limits)
    ping = _waiting(AsyncClient.ping)
    log_in = _waiting(AsyncClient.log_in)
    download_history = _waiting(AsyncClient.download_history)

    session = _waiting(AsyncClient.session)

    trades_live = _iterating(AsyncClient.trades_live)
    frames_live = _iterating(AsyncClient.frames_live)

    @contextmanager
    def book(self, market: str, outcome: str | None = None) -> Iterator[Book]:
        """Keep a local replica of a market's books, whole when the context is entered.

        With `outcome` (or in a market with one contract) best_bid, depth... are that outcome's.
        """
        with self._entered(self._client.book(market, outcome)) as book:
            yield book.blocking(self._bridge)

    @contextmanager
    def account(self) -> Iterator[Account]:
        """Keep a local replica of your account, whole when the context is entered."""
        with self._entered(self._client.account()) as account:
            yield account.blocking(self._bridge)

    @contextmanager
    def _entered(self, context: AbstractAsyncContextManager[T]) -> Iterator[T]:
        entered = self._bridge.run(_enter(context))
        try:
            yield entered
        finally:
            if not self._bridge.is_closed:
                self._bridge.run(_leave(context))


async def _enter(context: AbstractAsyncContextManager[T]) -> T:
    return await context.__aenter__()


async def _leave(context: AbstractAsyncContextManager[Any]) -> None:
    await context.__aexit__(None, None, None)
