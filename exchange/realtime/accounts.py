"""The accounts whose owners watch: read anew when the book worker hints at a change."""

import asyncio
from collections import deque

from exchange.realtime import frames, private, reading
from exchange.realtime.background import Background
from exchange.realtime.failures import failures
from exchange.realtime.limits import ACCOUNT_COALESCE_S, ACCOUNT_FRAMES_KEPT, AUDIT_GRACE_S
from exchange.realtime.listener import Listener
from exchange.realtime.markets import Read
from exchange.realtime.private import AccountState, Told
from exchange.realtime.sockets import Subscription
from exchange.trading.channels import ACCOUNTS_GROUP

_RETRY_S = 1.0


class AccountFeed:
    """One account's frames and those who get them. All sockets of an account see the same."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        self.subscriptions: set[Subscription] = set()
        self.state: AccountState | None = None
        self.hinted = 0  # the highest account_seq heard of
        self.needs_snapshot = True
        self.loading: asyncio.Task[None] | None = None
        self._snapshot = ""
        self._deltas: deque[tuple[int, int, str]] = deque(maxlen=ACCOUNT_FRAMES_KEPT)

    @property
    def seq(self) -> int:
        """How far its watchers have been, or can be, told."""
        return -1 if self.state is None else self.state.seq

    def replace(self, told: Told) -> None:
        """Start over from the account's whole state; every watcher gets it."""
        self.state = told.state
        self.needs_snapshot = False
        self._snapshot = frames.account_frame("snapshot", prev_seq=None, seq=self.seq, **told.parts)
        self._deltas.clear()
        for subscription in self.subscriptions:
            subscription.sent = None
            subscription.mark()

    def append(self, told: Told) -> None:
        """Add what changed since the last frame."""
        prev_seq, self.state = self.seq, told.state
        text = frames.account_frame("delta", prev_seq=prev_seq, seq=self.seq, **told.parts)
        self._deltas.append((prev_seq, self.seq, text))
        for subscription in self.subscriptions:
            subscription.mark()

    def frames(self, _: str, sent: int | None) -> tuple[list[str], int | None]:
        """Return every frame after `sent`, none left out; the snapshot first where there is none.

        Whoever lags further back than the frames kept gets a new snapshot, once it is read.
        """
        if self.needs_snapshot or sent == self.seq:
            return [], sent
        after = self._deltas_after(sent)
        if after is None:
            self.needs_snapshot = True
            return [], None
        start = [self._snapshot] if sent is None else []
        return [*start, *after], self.seq

    def can_resume(self, since: int | None) -> bool:
        """Whether a client that has seen `since` can go on without a snapshot."""
        if since is None or self.needs_snapshot:
            return False
        return since == self.seq or self._deltas_after(since) is not None

    def _deltas_after(self, sent: int | None) -> list[str] | None:
        if sent is None:
            is_whole = len(self._deltas) < ACCOUNT_FRAMES_KEPT
            return [text for _, _, text in self._deltas] if is_whole else None
        texts = [text for prev_seq, _, text in self._deltas if prev_seq >= sent]
        is_known = any(prev_seq == sent for prev_seq, _, _ in self._deltas)
        return texts if is_known else None


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
        """Stop; an account nobody watches is forgotten at once."""
        feed = subscription.feed
        assert isinstance(feed, AccountFeed)
        feed.subscriptions.discard(subscription)
        if not feed.subscriptions:
            self._feeds.pop(feed.account_id, None)

    def receive(self, seqs: dict[str, int]) -> None:
        """Take hints: the accounts a batch touched, with their new account_seq."""
        for account_id, feed in self._feeds.items():
            seq = seqs.get(str(account_id), 0)
            if seq > feed.seq:
                feed.hinted = max(feed.hinted, seq)
                self._load_soon(feed, ACCOUNT_COALESCE_S)

    def resync_all(self) -> None:
        """Look at every watched account: hints may have been lost."""
        for feed in self._feeds.values():
            feed.hinted = max(feed.hinted, feed.seq + 1)
            self._load_soon(feed, 0)

    async def audit(self) -> None:
        """Compare with the database and look again where it is ahead; mends lost hints."""
        if not self._feeds:
            return
        for feed in self._feeds.values():
            if feed.needs_snapshot:
                self._load_soon(feed, 0)
        seqs = await self._read(reading.read_account_seqs, tuple(self._feeds))
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
        while feed.subscriptions and (feed.needs_snapshot or feed.hinted > feed.seq):
            await asyncio.sleep(delay_s)
            delay_s = ACCOUNT_COALESCE_S
            try:
                await self._load_once(feed)
            except Exception as error:  # noqa: BLE001 -- whatever it was, it is logged and tried again
                failures.warn("account_read_failed", error, account=feed.account_id)
                delay_s = _RETRY_S

    async def _load_once(self, feed: AccountFeed) -> None:
        hinted = feed.hinted
        changes = None
        if feed.state is not None and not feed.needs_snapshot:
            changes = await self._read(private.load_changes, feed.account_id, feed.state)
        if changes is None:
            # Whoever subscribes while this is read is served by it too: it is no older.
            feed.replace(await self._read(private.load_account, feed.account_id))
        elif changes.state.seq > feed.seq:
            feed.append(changes)
        elif feed.hinted == hinted:
            feed.hinted = feed.seq  # a hint of something that is not there
