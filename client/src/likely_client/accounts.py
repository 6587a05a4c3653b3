"""A local replica of your own account: money, open orders, positions, fills as they happen."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace

from likely_client._bridge import Bridge
from likely_client._connection import Connection
from likely_client._followers import Frame
from likely_client._http import convert
from likely_client._missing_fills import Fills, ReadFills, read_missing
from likely_client._signals import Signal
from likely_client.books import Counters
from likely_client.errors import LikelyError
from likely_client.models import Balance, Fill, Order, Position


class _State:
    def __init__(self) -> None:
        self.seq: int | None = None
        self.is_synced = False
        self.is_connected = True
        self.is_lagging = False
        self.orders_complete = True
        self.balance: Balance | None = None
        self.orders: dict[str, Order] = {}
        self.positions: dict[str, Position] = {}
        self.fills = Fills()
        self.counters = Counters()
        self.lock = threading.Lock()
        self.news = Signal()
        self.error: LikelyError | None = None

    def take(self, frame: Frame) -> bool:
        """Apply a frame; False where something before it is missing."""
        seq, counters = frame["account_seq"], self.counters
        is_snapshot = frame["type"] == "snapshot"
        is_old = self.seq is not None and seq < self.seq
        if is_old or (not is_snapshot and (self.seq is None or seq == self.seq)):
            counters.old_frames += 1
            return True
        if not is_snapshot and (not self.is_synced or frame["prev_account_seq"] != self.seq):
            counters.gaps += self.is_synced
            self.is_synced = False
            return False
        counters.resyncs += is_snapshot and self.seq is not None
        counters.frames += 1
        self._apply(frame, is_snapshot=is_snapshot)
        return True

    def _apply(self, frame: Frame, *, is_snapshot: bool) -> None:
        if is_snapshot:
            self.orders.clear()
            self.positions.clear()
            self.orders_complete = bool(frame.get("orders_complete", True))
        self.seq, self.is_synced = frame["account_seq"], True
        self.balance = replace(convert(frame["balance"], Balance), account_seq=self.seq)
        for order in convert(frame["orders"], list[Order]):
            if order.is_open:
                self.orders[order.id] = order
            else:
                self.orders.pop(order.id, None)
        for position in convert(frame["positions"], list[Position]):
            if position.quantity:
                self.positions[position.contract] = position
            else:
                self.positions.pop(position.contract, None)
        cursor = frame.get("fills_cursor")
        if is_snapshot:
            self.fills.begin(cursor)
        else:
            self.fills.add(convert(frame["fills"], list[Fill]), cursor)


class AccountView:
    """A local replica of your account. Reading asks nobody."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._seen = 0

    @property
    def seq(self) -> int | None:
        """The account's seq that the replica is at."""
        return self._state.seq

    @property
    def is_live(self) -> bool:
        """Whether the replica is whole, connected and not late; if not, it is being healed."""
        state = self._state
        is_whole = state.is_synced and state.fills.is_whole
        return state.is_connected and is_whole and not state.is_lagging

    @property
    def balance(self) -> Balance:
        """Your money."""
        with self._state.lock:
            assert self._state.balance is not None, "a replica is opened with its first snapshot"
            return self._state.balance

    @property
    def orders(self) -> list[Order]:
        """Your open orders, oldest first; the 2,000 newest of more (`orders_complete`)."""
        with self._state.lock:
            return sorted(self._state.orders.values(), key=lambda order: order.received_at)

    @property
    def orders_complete(self) -> bool:
        """Whether `orders` are all there are."""
        return self._state.orders_complete

    @property
    def positions(self) -> list[Position]:
        """What you hold."""
        with self._state.lock:
            return list(self._state.positions.values())

    def position(self, contract: str) -> int:
        """Return how many you hold of a contract, by its id; below 0: sold more than bought."""
        with self._state.lock:
            held = self._state.positions.get(contract)
            return 0 if held is None else held.quantity

    @property
    def fills(self) -> list[Fill]:
        """Your trades since the replica was opened, oldest first: the last 2,000 of them.

        Those that happened while the line was cut are among them as soon as it is back.
        """
        with self._state.lock:
            return list(self._state.fills.kept)

    def new_fills(self) -> list[Fill]:
        """Return your trades since the last call, oldest first: each once, whatever the line did.

        Raises TooSlowError when more than 10,000 wait.
        """
        with self._state.lock:
            return self._state.fills.take_new()

    @property
    def counters(self) -> Counters:
        """How often something went wrong on the way and was healed."""
        with self._state.lock:
            return replace(self._state.counters)


class AsyncAccount(AccountView):
    """A replica that follows the live feed, and asks again where something is missing."""

    def __init__(self, connection: Connection, read_fills: ReadFills) -> None:
        super().__init__(_State())
        self.members: Mapping[str, str] = {"channel": "account"}
        self._connection = connection
        self._read_fills = read_fills
        self._is_reading = False

    async def changed(self, timeout_s: float | None = None) -> bool:
        """Wait for a change since the last call; False when there is none in time."""
        state = self._state
        found = await state.news.wait_beyond(self._seen, timeout_s)
        self._seen = state.news.count
        if state.error is not None:
            raise state.error
        return found

    async def wait_for(self, orders: Iterable[Order], timeout_s: float | None = 5.0) -> bool:
        """Wait until the replica knows of orders as they were answered; False when it does not.

        An answer may overtake the live feed: without this, a bot that looks at once does not see
        what it has just done.
        """
        seq = max((order.account_seq or 0 for order in orders), default=0)
        state = self._state
        try:
            async with asyncio.timeout(timeout_s):
                while not (state.is_synced and state.seq is not None and state.seq >= seq):
                    await state.news.wait_beyond(state.news.count, None)
                    if state.error is not None:
                        raise state.error
        except TimeoutError:
            return False
        return True

    async def __aiter__(self) -> AsyncIterator["AsyncAccount"]:
        """Yield the account at each change; several at once count as one."""
        while True:
            await self.changed()
            yield self

    def blocking(self, bridge: Bridge) -> "Account":
        """Return the same replica for a program that is not asynchronous."""
        return Account(self, bridge)

    def since(self) -> int | None:
        """Return how far it has come; None where it needs everything."""
        return self._state.seq if self._state.is_synced else None

    def take(self, frame: Frame) -> bool:
        """Take a frame; False where something is missing."""
        with self._state.lock:
            self._state.is_connected = True
            is_whole = self._state.take(frame)
        if is_whole:
            self._state.news.send()
        if self._state.fills.missing is not None and not self._is_reading:
            self._is_reading = True
            self._connection.later(self._read_missing())
        return is_whole

    def is_behind(self, seq: int) -> bool:
        """Whether frames up to `seq` are not all here."""
        state = self._state
        state.is_connected = True
        return not state.is_synced or state.seq is None or state.seq < seq

    def miss(self) -> None:
        """Note that frames were lost."""
        self._state.counters.gaps += self._state.is_synced
        self._state.is_synced = False

    def lag(self, *, is_lagging: bool) -> None:
        """Note whether what is told comes late."""
        self._state.is_lagging = is_lagging

    def end(self, error: LikelyError | None) -> None:
        """Note that the connection is gone; for good where there is an error."""
        state = self._state
        state.is_connected = False
        state.counters.reconnects += error is None
        if error is not None:
            state.error = error
            state.news.send()

    async def _read_missing(self) -> None:
        """Read the fills that a gap has swallowed; after another gap meanwhile, of both."""
        state = self._state
        try:
            while (missing := state.fills.missing) is not None:
                found = await read_missing(*missing, self._read_fills)
                with state.lock:
                    if state.fills.missing == missing:
                        state.fills.fill_in(found)
        except LikelyError as error:
            state.error = error
        finally:
            self._is_reading = False
        state.news.send()


class Account(AccountView):
    """A replica that looks synchronous: it changes in the background while you read it."""

    def __init__(self, account: AsyncAccount, bridge: Bridge) -> None:
        super().__init__(account._state)  # noqa: SLF001 -- two faces of one replica
        self._account = account
        self._bridge = bridge

    def changed(self, timeout_s: float | None = None) -> bool:
        """Wait for a change since the last call; False when there is none in time."""
        return self._bridge.run(self._account.changed(timeout_s))

    def wait_for(self, orders: Iterable[Order], timeout_s: float | None = 5.0) -> bool:
        """Wait until the replica knows of orders as they were answered; False when it does not."""
        return self._bridge.run(self._account.wait_for(orders, timeout_s))

    def __iter__(self) -> Iterator["Account"]:
        """Yield the account at each change; several at once count as one."""
        while True:
            self.changed()
            yield self
