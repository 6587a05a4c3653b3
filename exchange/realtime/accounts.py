"""The accounts whose owners watch: read anew when the book worker hints at a change."""

import asyncio
from collections import deque

from core.clock import monotonic_s
from exchange.realtime import frames, private, reading
from exchange.realtime.background import Background
from exchange.realtime.failures import failures
from exchange.realtime.frame import Frame
from exchange.realtime.limits import (
    ACCOUNT_COALESCE_S,
    ACCOUNT_FRAMES_KEPT,
    AUDIT_GRACE_S,
    LINGER_S,
    RESYNC_INTERVAL_S,
)
from exchange.realtime.listener import Listener
from exchange.realtime.markets import Read
from exchange.realtime.private import AccountState, Told
from exchange.realtime.sockets import Subscription
from exchange.trading.channels import ACCOUNTS_GROUP

_RETRY_S = 0.1
_RETRY_MAX_S = 2.0
# A member with thousands of open orders may ask for all of them fifty times a second: reading them
# takes a fifth of the time at most, so that it is not the other members' time.
_RESTS = 4


class AccountFeed:
    """One account's frames and those who get them. All sockets of an account see the same."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        self.subscriptions: set[Subscription] = set()
        self.behind_since_s: float | None = None
        self.state: AccountState | None = None
        self.hinted = 0  # the highest account_seq heard of
        self.needs_snapshot = True
        self.rests_until_s = 0.0  # until then it is not read as a whole again
        self.loading: asyncio.Task[None] | None = None
        self._snapshot: Frame | None = None
        self._deltas: deque[tuple[int, int, Frame]] = deque(maxlen=ACCOUNT_FRAMES_KEPT)
        self._inexact_seqs: deque[int] = deque(maxlen=ACCOUNT_FRAMES_KEPT)

    @property
    def seq(self) -> int:
        """How far its watchers have been, or can be, told."""
        return -1 if self.state is None else self.state.seq

    def replace(self, told: Told) -> None:
        """Start over from the account's whole state; every watcher gets it."""
        self._take(told.state)
        self.needs_snapshot = False
        self._snapshot = frames.account_frame("snapshot", prev_seq=None, seq=self.seq, **told.parts)
        self._deltas.clear()
        for subscription in self.subscriptions:
            subscription.sent = None
            subscription.mark()

    def append(self, told: Told) -> None:
        """Add what changed since the last frame."""
        prev_seq = self.seq
        self._take(told.state)
        frame = frames.account_frame("delta", prev_seq=prev_seq, seq=self.seq, **told.parts)
        self._deltas.append((prev_seq, self.seq, frame))
        for subscription in self.subscriptions:
            subscription.mark()

    def frames(
        self, _: str, sent: int | None, *, is_raw: bool = False
    ) -> tuple[list[Frame], int | None]:
        """Return every frame after `sent`, none left out; the snapshot first where there is none.

        Whoever lags further back than the frames kept gets a new snapshot, once it is read.
        """
        if self.needs_snapshot or sent == self.seq:
            return [], sent
        after = self._deltas_after(sent)
        if after is None:
            self.needs_snapshot = True
            return [], None
        start = [self._snapshot] if sent is None and self._snapshot else []
        return [*start, *after], self.seq

    def can_resume(self, since: int | None) -> bool:
        """Whether a client that has seen `since` can go on without a snapshot.

        Not from where newer positions were told here already: what comes next leaves them out.
        """
        if since is None or self.needs_snapshot or since in self._inexact_seqs:
            return False
        return since == self.seq or self._deltas_after(since) is not None

    def _take(self, state: AccountState) -> None:
        self.state = state
        if not state.is_exact:
            self._inexact_seqs.append(state.seq)

    def _deltas_after(self, sent: int | None) -> list[Frame] | None:
        if sent is None:
            is_whole = len(self._deltas) < ACCOUNT_FRAMES_KEPT
            return [frame for _, _, frame in self._deltas] if is_whole else None
        after = [frame for prev_seq, _, frame in self._deltas if prev_seq >= sent]
        is_known = any(prev_seq == sent for prev_seq, _, _ in self._deltas)
        return after if is_known else None


class AccountHub:
    """Everything the hub knows of accounts. Lives on the event loop."""

    def __init__(self, listener: Listener, read: Read, background: Background) -> None:
        self._listener = listener
        self._read = read
        self._background = background
        self._feeds: dict[int, AccountFeed] = {}

    async def open(self, account_id: int) -> AccountFeed:
        """Return an account's feed; listens for hints from now on."""
        await self._listener.join(ACCOUNTS_GROUP)
        return self._feeds.setdefault(account_id, AccountFeed(account_id))

    def subscribe(
        self, feed: AccountFeed, subscription: Subscription, since: int | None = None
    ) -> None:
        """Begin to push an account to a socket that belongs to its owner."""
        # The same socket's earlier subscription may have ended just now, and the feed with it.
        feed = self._feeds.setdefault(feed.account_id, feed)
        subscription.feed = feed
        feed.subscriptions.add(subscription)
        if feed.can_resume(since):
            subscription.sent = since
            subscription.mark()
            # Nobody looked while nobody watched.
            feed.hinted = max(feed.hinted, feed.seq + 1)
            self._load_soon(feed, 0)
        else:
            subscription.sent = None
            feed.needs_snapshot = True
            self._load_soon(feed, 0)

    def push_snapshot(self, subscription: Subscription) -> None:
        """Send the whole state again."""
        feed = subscription.feed
        assert isinstance(feed, AccountFeed)
        feed.needs_snapshot = True
        self._load_soon(feed, 0)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop; an account that nobody watches is not read, and forgotten after a while."""
        feed = subscription.feed
        assert isinstance(feed, AccountFeed)
        feed.subscriptions.discard(subscription)
        if not feed.subscriptions:
            asyncio.get_running_loop().call_later(LINGER_S, self._drop_if_unwatched, feed)

    def _drop_if_unwatched(self, feed: AccountFeed) -> None:
        if not feed.subscriptions and self._feeds.get(feed.account_id) is feed:
            del self._feeds[feed.account_id]

    def _watched(self) -> dict[int, AccountFeed]:
        return {account_id: feed for account_id, feed in self._feeds.items() if feed.subscriptions}

    def receive(self, seqs: dict[str, int]) -> None:
        """Take hints: the accounts a batch touched, with their new account_seq."""
        for account_id, feed in self._watched().items():
            seq = seqs.get(str(account_id), 0)
            if seq > feed.seq:
                feed.hinted = max(feed.hinted, seq)
                self._load_soon(feed, ACCOUNT_COALESCE_S)

    def resync_all(self) -> None:
        """Look at every watched account: hints may have been lost."""
        for feed in self._watched().values():
            feed.hinted = max(feed.hinted, feed.seq + 1)
            self._load_soon(feed, 0)

    def is_behind(self) -> bool:
        """Whether some account is being read anew."""
        return any(feed.behind_since_s is not None for feed in self._feeds.values())

    async def audit(self) -> None:
        """Compare with the database and look again where it is ahead; mends lost hints."""
        watched = self._watched()
        if not watched:
            return
        for feed in watched.values():
            if feed.needs_snapshot:
                self._load_soon(feed, 0)
        seqs = await self._read(reading.read_account_seqs, tuple(watched))
        if not any(self._is_behind(account_id, seq) for account_id, seq in seqs.items()):
            return
        await asyncio.sleep(AUDIT_GRACE_S)
        self.receive({str(account_id): seq for account_id, seq in seqs.items()})

    def _is_behind(self, account_id: int, seq: int) -> bool:
        feed = self._feeds.get(account_id)  # its last tab may have closed while we read
        return feed is not None and feed.seq < seq

    def _load_soon(self, feed: AccountFeed, delay_s: float) -> None:
        if feed.loading is None or feed.loading.done():
            feed.loading = self._background.start(self._load(feed, delay_s))

    async def _load(self, feed: AccountFeed, delay_s: float) -> None:
        """Read until nothing is known to be missing; one read at a time for each account."""
        retry_s = _RETRY_S
        while feed.subscriptions and (feed.needs_snapshot or feed.hinted > feed.seq):
            if feed.behind_since_s is None:
                feed.behind_since_s = monotonic_s()
            await asyncio.sleep(delay_s)
            delay_s = ACCOUNT_COALESCE_S
            try:
                await self._load_once(feed)
                feed.behind_since_s = None
                retry_s = _RETRY_S
            except Exception as error:  # noqa: BLE001 -- whatever it was, it is logged and tried again
                failures.warn("account_read_failed", error, account=feed.account_id)
                delay_s, retry_s = retry_s, min(2 * retry_s, _RETRY_MAX_S)

    async def _load_once(self, feed: AccountFeed) -> None:
        hinted = feed.hinted
        changes = None
        if feed.state is not None and not feed.needs_snapshot:
            changes = await self._read(private.load_changes, feed.account_id, feed.state)
        if changes is None:
            await self._replace(feed)
        elif changes.state.seq > feed.seq:
            feed.append(changes)
        elif feed.hinted == hinted:
            feed.hinted = feed.seq  # a hint of something that is not there

    async def _replace(self, feed: AccountFeed) -> None:
        """Read the account as a whole, once it has rested from the last time."""
        await asyncio.sleep(max(0.0, feed.rests_until_s - monotonic_s()))
        started_s = monotonic_s()
        # Whoever subscribes while this is read is served by it too: it is no older.
        feed.replace(await self._read(private.load_account, feed.account_id))
        now_s = monotonic_s()
        feed.rests_until_s = now_s + min(RESYNC_INTERVAL_S, _RESTS * (now_s - started_s))
